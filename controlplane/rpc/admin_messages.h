// From the core's types to the messages of weir.admin.v1.
#ifndef WEIR_CONTROLPLANE_RPC_ADMIN_MESSAGES_H_
#define WEIR_CONTROLPLANE_RPC_ADMIN_MESSAGES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "controlplane/publish/node_list.h"
#include "controlplane/registry/diff.h"
#include "controlplane/scoreboard.h"
#include "weir/admin/v1/admin.pb.h"

namespace weir::controlplane {

admin::v1::Change ToMessage(const Change& change);

// How the fleet stands.
struct Situation {
  const FleetView& fleet;
  std::uint64_t revision;
  std::size_t nodes_connected;
  std::vector<std::string> problems;
};
admin::v1::Status ToMessage(const Situation& situation);

// `now` is Clock::Now().
admin::v1::NodeStatus ToMessage(const NodeRecord& record, absl::Time now);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_ADMIN_MESSAGES_H_
