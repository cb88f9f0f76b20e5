#include "dataplane/node_options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/net/host_port.h"
#include "common/net/plaintext.h"
#include "common/ops/flags.h"
#include "dataplane/node_tls.h"
#include "dataplane/option_contradictions.h"
#include "dataplane/worker.h"

namespace weir::dataplane {
namespace {

// Files, the ops server's connections, the control plane's, event loops.
constexpr std::uint64_t kOwnDescriptors = 512;
// 1 TiB: more is a mistake.
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 40;

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
      ->check(CLI::Range(std::uint64_t{1}, kMostBytes))
      ->type_name("SIZE");
  app.add_option("--max-body", limits.max_body_bytes,
                 "Bytes of one request's body (32MiB)")
      ->transform(size)
      ->check(CLI::Range(std::uint64_t{1}, kMostBytes))
      ->type_name("SIZE");
}

void AddAccessLog(CLI::App& app, NodeOptions& options) {
  app.add_option("--access-log", options.access_log,
                 "Where a line of JSON is written for each request; - is the "
                 "standard output; default: nowhere")
      ->type_name("FILE");
  app.add_option("--access-log-sample", options.access_log_sample,
                 "Share of the requests in it that went well, 0 to 1; those "
                 "that failed are all in it")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
}

void AddTraces(CLI::App& app, TraceOptions& traces) {
  ops::AddAddress(app, "--otlp-endpoint", traces.endpoint,
                  "Where the spans of requests are sent, to a collector that "
                  "takes OTLP by gRPC; default: nowhere");
  app.add_option("--trace-sample", traces.sample,
                 "Share of the traces that begin here which are kept, 0 to 1; "
                 "a client's own says so itself; default: 1")
      ->check(CLI::Range(0.0, 1.0));
  const auto file = [&app](const std::string& name, std::string& value,
                           const std::string& help) {
    app.add_option(name, value, help)->type_name("FILE");
  };
  file("--otlp-ca", traces.identity.authorities,
       "PEM file of the authorities of the collector's certificate");
  file("--otlp-cert", traces.identity.certificate,
       "PEM file of the certificate that the node shows the collector; "
       "default: none");
  file("--otlp-key", traces.identity.key, "PEM file of its private key");
  app.add_flag_callback(
      "--otlp-insecure",
      [&traces] { traces.plaintext = net::Plaintext::kAnywhere; },
      "Speak plain text to a collector on another machine");
}

void AddDrain(CLI::App& app, NodeOptions& options) {
  ops::AddDuration(app, "--drain-delay", options.drain_delay,
                   "After SIGTERM, time to go on accepting while load "
                   "balancers take notice");
  ops::AddDuration(app, "--drain-timeout", options.drain_timeout,
                   "After that, time for running requests to end");
}

void AddTls(CLI::App& app, NodeTlsOptions& tls) {
  const auto file = [&app](const std::string& name, std::string& value,
                           const std::string& help) {
    app.add_option(name, value, help)->type_name("FILE");
  };
  file("--control-plane-ca", tls.control_plane.authorities,
       "PEM file of the authorities of the control plane's certificate");
  file("--control-plane-cert", tls.control_plane.certificate,
       "PEM file of the certificate that the node shows the control plane");
  file("--control-plane-key", tls.control_plane.key,
       "PEM file of its private key");
  file("--tls-cert", tls.clients.certificate,
       "PEM file of the certificate that clients are shown, with those between "
       "it and its authority; default: clients speak plain text");
  file("--tls-key", tls.clients.key, "PEM file of its private key");
  app.add_flag_callback(
      "--insecure", [&tls] { tls.plaintext = net::Plaintext::kAnywhere; },
      "Speak plain text to a control plane, or a collector of traces, on "
      "another machine");
}

// Slots of a worker: for attempts that ended since the last flush (2^15 are 0.8
// s of 40,000 a second, and a flush comes with each quarter), and one for each
// request in flight, up to a million.
constexpr std::uint32_t kEndedSlots = 32'768;
constexpr std::uint32_t kMaxOpenSlots = 1'000'000;

}  // namespace

void AddFlags(CLI::App& app, NodeOptions& options) {
  ops::AddAddresses(app, "--control-plane", options.control_plane,
                    "Where the control plane's gRPC port is; of several, with "
                    "commas between them, the one that leads is used");
  AddTls(app, options.tls);
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
  app.add_option("--max-config", options.max_config_bytes,
                 "Bytes of a configuration; a larger one is refused, and the "
                 "last one stays (60MiB)")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false))
      ->check(CLI::Range(std::uint64_t{1}, kMostBytes))
      ->type_name("SIZE");
  app.add_option("--snapshot-cache", options.snapshot_cache,
                 "File that the node boots from while there is no control "
                 "plane; default: none")
      ->type_name("FILE");
  app.add_option("--usage-spool", options.usage_spool,
                 "Directory of this node alone for usage that is not delivered "
                 "yet, so that a kill loses none; default: memory")
      ->type_name("DIR");
  AddAccessLog(app, options);
  AddTraces(app, options.traces);
  AddDrain(app, options);
  AddLimits(app, options.limits);
  app.add_option("--log-level", options.log_level, "Least level that is logged")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  ops::AddCoreDumps(app, options.core_dumps);
  app.callback(
      [&app, &options] { ops::RefuseUnless(CheckOptions(app, options)); });
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

std::uint32_t UsageSlotsFor(const WorkerLimits& worker) {
  return kEndedSlots + std::min(worker.max_requests_in_flight, kMaxOpenSlots);
}

std::string DefaultNodeId(const std::string& http_address) {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  const absl::StatusOr<net::HostPort> address =
      net::ParseHostPort(http_address);
  return absl::StrCat(host[0] == '\0' ? "node" : host.data(), "-",
                      address.ok() ? address->port : 0);
}

std::uint32_t ConnectionsFor(std::uint64_t descriptors) {
  if (descriptors <= kOwnDescriptors) return 1;
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>((descriptors - kOwnDescriptors) / 2, 1,
                                std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace weir::dataplane
