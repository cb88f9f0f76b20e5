#include "cli/await_nodes.h"

#include <string>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/concat.h"

namespace weir::cli {
namespace {

constexpr absl::Duration kBetween = absl::Milliseconds(50);
constexpr int kTimes = 200;

struct Confirmation {
  int nodes = 0;
  int confirmed = 0;
  // Of those that have not, for a message.
  std::string late;
};

bool Runs(const admin::NodeStatus& node, const routing::v1::Version& version) {
  return node.config().epoch() == version.epoch() &&
         node.config().sequence() == version.sequence() &&
         node.config().hash() == version.hash();
}

// Whether either of what nodes should run has the keys and modes of the
// registry; what else has changed may still be on its way, in waves.
Confirmation Count(const admin::ListNodesResponse& nodes) {
  Confirmation count;
  for (const admin::NodeStatus& node : nodes.nodes()) {
    if (!node.connected()) continue;
    ++count.nodes;
    if (Runs(node, nodes.config()) ||
        (nodes.has_candidate() && Runs(node, nodes.candidate()))) {
      ++count.confirmed;
    } else {
      Append(count.late, count.late.empty() ? "" : ", ", node.node_id());
    }
  }
  return count;
}

}  // namespace

absl::Status AwaitNodes(Session& session) {
  const auto rollout = session.admin().Call(&AdminClient::Stub::GetRollout,
                                            admin::GetRolloutRequest());
  if (!rollout.ok()) return rollout.status();
  Confirmation count;
  for (int i = 0; i < kTimes; ++i) {
    if (i > 0) absl::SleepFor(kBetween);
    const auto nodes = session.admin().Call(&AdminClient::Stub::ListNodes,
                                            admin::ListNodesRequest());
    if (!nodes.ok()) return nodes.status();
    count = Count(*nodes);
    if (nodes->revision() < rollout->rollout().registry_revision() ||
        count.confirmed < count.nodes) {
      continue;
    }
    if (session.is_table()) {
      session.io().out << count.confirmed << " of " << count.nodes
                       << " nodes confirmed.\n";
    }
    return absl::OkStatus();
  }
  return absl::DeadlineExceededError(
      Concat(count.confirmed, " of ", count.nodes,
             " nodes confirmed within 10 s; these have not: ", count.late));
}

}  // namespace weir::cli
