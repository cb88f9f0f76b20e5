// The control plane's page of metrics.
#ifndef WEIR_CONTROLPLANE_METRICS_H_
#define WEIR_CONTROLPLANE_METRICS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "common/net/socket_acceptor.h"
#include "common/ops/metrics.h"
#include "controlplane/probe_counter.h"
#include "controlplane/publish/node_list.h"
#include "controlplane/publish/publication.h"
#include "controlplane/rpc/node_session.h"
#include "controlplane/scoreboard.h"

namespace weir::controlplane {

// Plain numbers of one moment. References need to live for the call only.
struct MetricsInput {
  const FleetView& fleet;
  std::uint64_t epoch;
  std::uint64_t revision;
  PublicationPtr config;
  PublicationPtr weights;
  NodeList::Counts nodes;
  std::size_t streams;
  const RoutingCounters& routing;
  net::SocketAcceptor::Stats connections;
  std::map<std::string, ProbeCounts> probes;
  std::uint64_t store_errors;
  std::size_t providers_without_credential;
  // Whether the registry equals the resource file; nullopt: there is none.
  std::optional<bool> resource_file_applied;
};

ops::MetricPage MakeMetrics(const MetricsInput& input);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_METRICS_H_
