// What there is to see of a node, as plain data.
#ifndef WEIR_DATAPLANE_NODE_STATUS_H_
#define WEIR_DATAPLANE_NODE_STATUS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "common/ops/certificate_metrics.h"
#include "dataplane/quota/quota_book.h"
#include "dataplane/snapshot.h"
#include "dataplane/spool/usage_spool.h"
#include "dataplane/sync/routing_client.h"
#include "dataplane/trace/span_exporter.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {

enum class Lifecycle { kServing, kDraining };

// Whether a load balancer should send requests here.
enum class NodeReadiness {
  kReady,
  // Nothing to route with: no configuration, or none with a target that may be
  // used, which a control plane has before anybody gave it one. A target that
  // is only unhealthy may be used: were nodes unready when providers fail, a
  // balancer would turn honest errors into none.
  kNoSnapshot,
  kDraining,
};

NodeReadiness NodeReadinessOf(const Snapshot& snapshot, Lifecycle lifecycle);

struct NodeStatus {
  // Of all workers.
  WorkerReport report;
  Snapshot snapshot;
  NodeReadiness readiness = NodeReadiness::kNoSnapshot;
  std::uint32_t workers = 0;

  RoutingClient::Link link = RoutingClient::Link::kDown;
  RoutingClientCounters client;
  // Time since the configuration was taken up; nullopt without one.
  std::optional<absl::Duration> config_age;
  // Time since the control plane last confirmed the weights, and what is left
  // of its word.
  std::optional<absl::Duration> weights_age;
  double trust = 1;
  // What the configuration has to do without on this node.
  std::size_t warnings = 0;
  std::vector<ops::PortCertificates> certificates;
  UsageStatus usage;
  std::vector<LimitStatus> limits;
  // Of the access log.
  std::uint64_t access_lines_written = 0;
  std::uint64_t access_lines_dropped = 0;
  TraceCounts traces;
  std::uint64_t cache_writes = 0;
  std::uint64_t cache_write_failures = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_NODE_STATUS_H_
