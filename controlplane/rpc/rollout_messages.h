// Roll-outs, as weir.admin.v1 has them.
#ifndef WEIR_CONTROLPLANE_RPC_ROLLOUT_MESSAGES_H_
#define WEIR_CONTROLPLANE_RPC_ROLLOUT_MESSAGES_H_

#include <vector>

#include "controlplane/publish/node_list.h"
#include "controlplane/rollout/rollout_status.h"
#include "weir/admin/v1/rollout.pb.h"

namespace weir::controlplane {

// `nodes` says what they run, `should_run` what they should. Pure.
admin::v1::Rollout RolloutMessage(const RolloutStatus& status,
                                  const std::vector<NodeRecord>& nodes,
                                  const NodeList::ShouldRun& should_run);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_ROLLOUT_MESSAGES_H_
