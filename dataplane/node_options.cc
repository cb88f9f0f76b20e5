#include "dataplane/node_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <limits>

#include "common/ops/flags.h"
#include "dataplane/worker.h"

namespace weir::dataplane {
namespace {

// Files, the ops server's connections, the control plane's, event loops.
constexpr std::uint64_t kOwnDescriptors = 512;

void AddLimits(CLI::App& app, WorkerLimits& limits) {
  app.add_option("--max-connections", limits.max_connections,
                 "Connections of clients at once")
      ->check(CLI::Range(1u, 10'000'000u))
      ->capture_default_str();
  app.add_option("--max-requests", limits.max_requests_in_flight,
                 "Requests in flight at once; beyond it clients get a 503")
      ->check(CLI::Range(1u, 10'000'000u))
      ->capture_default_str();
  const auto size = CLI::AsSizeValue(/*kb_is_1000=*/false);
  app.add_option("--max-bytes-in-flight", limits.max_bytes_in_flight,
                 "Bytes of requests and answers in memory at once; default: "
                 "512MiB, but at most half of the control group's memory")
      ->transform(size)
      ->type_name("SIZE");
  app.add_option("--max-body", limits.max_body_bytes,
                 "Bytes of one request's body (32MiB)")
      ->transform(size)
      ->type_name("SIZE");
}

void AddDrain(CLI::App& app, NodeOptions& options) {
  ops::AddDuration(app, "--drain-delay", options.drain_delay,
                   "After SIGTERM, time to go on accepting while load "
                   "balancers take notice");
  ops::AddDuration(app, "--drain-timeout", options.drain_timeout,
                   "After that, time for running requests to end");
}

}  // namespace

void AddFlags(CLI::App& app, NodeOptions& options) {
  ops::AddAddress(app, "--control-plane", options.control_plane,
                  "Where the control plane's gRPC port is");
  ops::AddAddress(app, "--listen", options.listen, "Where clients connect");
  ops::AddAddress(app, "--ops-listen", options.ops_listen,
                  "Where metrics and health are served");
  app.add_option("--region", options.region,
                 "The node's region, compared with those of providers");
  app.add_option("--node-id", options.node_id,
                 "Unique name of the node; default: HOSTNAME-PORT");
  app.add_option("--workers", options.workers,
                 "Worker threads; default: one a core that the control group "
                 "has")
      ->check(CLI::Range(1u, 1024u))
      ->capture_default_str();
  app.add_option("--snapshot-cache", options.snapshot_cache,
                 "File that the node boots from while there is no control "
                 "plane; default: none")
      ->type_name("FILE");
  app.add_option("--usage-spool", options.usage_spool,
                 "Directory for usage that is not delivered yet; accepted "
                 "without effect: this version keeps no usage")
      ->type_name("DIR");
  AddDrain(app, options);
  AddLimits(app, options.limits);
  app.add_option("--log-level", options.log_level, "Least level that is logged")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
}

WorkerLimits LimitsOfWorker(const WorkerLimits& node, std::uint32_t workers) {
  const auto part = [workers](auto whole) {
    return static_cast<decltype(whole)>(whole / workers +
                                        (whole % workers != 0 ? 1 : 0));
  };
  WorkerLimits limits = node;
  limits.max_connections = part(node.max_connections);
  limits.max_requests_in_flight = part(node.max_requests_in_flight);
  // At least one request of full size must fit everywhere.
  limits.max_bytes_in_flight =
      std::max(part(node.max_bytes_in_flight), node.max_body_bytes);
  return limits;
}

std::uint32_t ConnectionsFor(std::uint64_t descriptors) {
  if (descriptors <= kOwnDescriptors) return 1;
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>((descriptors - kOwnDescriptors) / 2, 1,
                                std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace weir::dataplane
