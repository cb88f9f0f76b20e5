// A roll-out, for people.
#ifndef WEIR_CLI_ROLLOUT_TEXT_H_
#define WEIR_CLI_ROLLOUT_TEXT_H_

#include <string>

#include "cli/admin_client.h"
#include "cli/table.h"

namespace weir::cli {

// Whether more is to come by itself: something is rolled out, the control plane
// has not come to the last change yet, or nodes don't run yet what they should.
bool IsUnderWay(const admin::Rollout& rollout);

// `revision 9 is being rolled out: wave 2, 3 of 20 nodes have it`, without a
// full stop.
std::string RolloutSentence(const admin::Rollout& rollout);

// How many nodes run which version.
Table RunningTable(const admin::Rollout& rollout);

}  // namespace weir::cli

#endif  // WEIR_CLI_ROLLOUT_TEXT_H_
