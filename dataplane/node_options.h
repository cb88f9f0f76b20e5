// What a node is told on its command line.
#ifndef WEIR_DATAPLANE_NODE_OPTIONS_H_
#define WEIR_DATAPLANE_NODE_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "common/config/size_limit.h"
#include "common/ops/private_memory.h"
#include "dataplane/node_tls.h"
#include "dataplane/node_traces.h"
#include "dataplane/worker.h"

namespace weir::dataplane {

struct NodeOptions {
  // host:port, all three.
  std::string control_plane = "127.0.0.1:7400";
  std::string listen = "127.0.0.1:8080";
  std::string ops_listen = "127.0.0.1:9090";
  NodeTlsOptions tls = {};
  std::string region;
  // Empty: host name and port.
  std::string node_id;
  std::uint32_t workers = 1;
  // A larger configuration is refused.
  std::size_t max_config_bytes = config::kMaxResourceBytes;
  // Empty: none is kept.
  std::string snapshot_cache;
  // Empty: usage that is not delivered goes with the process.
  std::string usage_spool;
  // A file, or `-` for the standard output. Empty: there is no access log.
  std::string access_log;
  // Share of the requests that went well.
  double access_log_sample = 1;
  TraceOptions traces = {};
  absl::Duration drain_delay = absl::Seconds(10);
  absl::Duration drain_timeout = absl::Seconds(300);
  // Of the whole node; each worker gets its part, see LimitsOfWorker().
  WorkerLimits limits = {.max_connections = 8'000,
                         .max_requests_in_flight = 10'000,
                         .max_bytes_in_flight = std::uint64_t{512} << 20};
  std::string log_level = "info";
  ops::CoreDumps core_dumps = ops::CoreDumps::kNever;
};

// The flags for all of it, with the values that `options` has as defaults.
// `options` outlives the parsing.
void AddFlags(CLI::App& app, NodeOptions& options);

// One of `workers` workers' part of the node's limits, rounded up: what is
// counted is divided, what holds for a single request or connection is not.
// REQUIRES: workers > 0.
WorkerLimits LimitsOfWorker(const WorkerLimits& node, std::uint32_t workers);

// Slots for a worker's accounts: one for each request that may be in flight,
// and those of attempts that ended since the last flush.
std::uint32_t UsageSlotsFor(const WorkerLimits& worker);

// HOSTNAME-PORT.
std::string DefaultNodeId(const std::string& http_address);

// Connections of clients for which `descriptors` are enough: each needs one
// more for its provider, and the node some for itself.
std::uint32_t ConnectionsFor(std::uint64_t descriptors);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_NODE_OPTIONS_H_
