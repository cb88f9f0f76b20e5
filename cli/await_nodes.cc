#include "cli/await_nodes.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/concat.h"
#include "common/config/node_config.h"
#include "common/sha256.h"

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

Confirmation Count(const admin::ListNodesResponse& nodes,
                   const std::string& hash) {
  Confirmation count;
  for (const admin::NodeStatus& node : nodes.nodes()) {
    if (!node.connected()) continue;
    ++count.nodes;
    if (node.config().hash() == hash) {
      ++count.confirmed;
    } else {
      Append(count.late, count.late.empty() ? "" : ", ", node.node_id());
    }
  }
  return count;
}

}  // namespace

absl::Status AwaitNodes(Session& session) {
  // Of what nodes should run, by the version that it was looked up for.
  std::string hash;
  std::optional<std::uint64_t> looked_up_for;
  Confirmation count;
  for (int i = 0; i < kTimes; ++i) {
    if (i > 0) absl::SleepFor(kBetween);
    const auto nodes = session.admin().Call(&AdminClient::Stub::ListNodes,
                                            admin::ListNodesRequest());
    if (!nodes.ok()) return nodes.status();
    if (looked_up_for != nodes->config().sequence()) {
      const auto registered = session.admin().Call(&AdminClient::Stub::Export,
                                                   admin::ExportRequest());
      if (!registered.ok()) return registered.status();
      hash = Sha256(config::NodeConfig(registered->resources()));
      looked_up_for = nodes->config().sequence();
    }
    count = Count(*nodes, hash);
    if (count.confirmed < count.nodes) continue;
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
