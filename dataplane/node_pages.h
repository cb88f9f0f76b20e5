// What a node's ops server answers.
#ifndef WEIR_DATAPLANE_NODE_PAGES_H_
#define WEIR_DATAPLANE_NODE_PAGES_H_

#include <functional>

#include "common/ops/ops_server.h"
#include "dataplane/node_status.h"

namespace weir::dataplane {

// Where pages get what they show; called on the server's executor.
struct StatusSource {
  // Passes the status to its argument, now or later, at most once.
  std::function<void(std::function<void(const NodeStatus&)>)> status;
  // At once, without asking a worker: a stuck one must not fail a probe.
  std::function<NodeReadiness()> readiness;
};

// Adds /metrics, /routing-weights, /livez and /readyz to `server`, before it
// starts. What `source` refers to outlives the server's work.
void AddPages(StatusSource source, ops::OpsServer& server);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_NODE_PAGES_H_
