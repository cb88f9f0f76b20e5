// How requests were routed, for people.
#ifndef WEIR_CLI_DECISION_TEXT_H_
#define WEIR_CLI_DECISION_TEXT_H_

#include <string>

#include "absl/time/time.h"
#include "cli/table.h"
#include "weir/routing/v1/decision.pb.h"

namespace weir::cli {

// `p1 HTTP 500, p2`: where it was tried, with what failed.
std::string RouteText(const routing::v1::Decision& decision);

// One request: what came of it, each attempt, every target that was looked at.
// `now` is wall-clock time.
std::string DecisionText(const routing::v1::Decision& decision, absl::Time now,
                         Paint paint);

}  // namespace weir::cli

#endif  // WEIR_CLI_DECISION_TEXT_H_
