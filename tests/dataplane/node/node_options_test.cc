#include "dataplane/node_options.h"

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/net/plaintext.h"
#include "common/ops/flags.h"
#include "dataplane/process_limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using ::testing::HasSubstr;

// Parses `words`; what the process would exit with, or nullopt.
std::optional<int> Parse(std::vector<std::string> words, NodeOptions& options) {
  CLI::App app("test");
  AddFlags(app, options);
  ops::AddConventions(app, "weir-dataplane");
  std::vector<char*> arguments = {const_cast<char*>("weir-dataplane")};
  for (std::string& word : words) arguments.push_back(word.data());
  return ops::ParseCommandLine(app, static_cast<int>(arguments.size()),
                               arguments.data());
}

TEST(NodeOptionsTest, DefaultsWorkOnLoopback) {
  NodeOptions options;
  EXPECT_EQ(Parse({}, options), std::nullopt);
  EXPECT_EQ(options.control_plane, "127.0.0.1:7400");
  EXPECT_EQ(options.listen, "127.0.0.1:8080");
  EXPECT_EQ(options.ops_listen, "127.0.0.1:9090");
  EXPECT_EQ(options.drain_delay, absl::Seconds(10));
  EXPECT_EQ(options.drain_timeout, absl::Seconds(300));
  EXPECT_EQ(options.traces.endpoint, "");
}

TEST(NodeOptionsTest, EveryFlagHasItsPlace) {
  NodeOptions options;
  EXPECT_EQ(Parse({"--control-plane",
                   "cp:1",
                   "--listen",
                   "0.0.0.0:2",
                   "--ops-listen",
                   "0.0.0.0:3",
                   "--region",
                   "eu",
                   "--node-id",
                   "n",
                   "--workers",
                   "4",
                   "--snapshot-cache",
                   "/c",
                   "--usage-spool",
                   "/u",
                   "--access-log",
                   "-",
                   "--access-log-sample",
                   "0.25",
                   "--drain-delay",
                   "1s",
                   "--drain-timeout",
                   "2m",
                   "--max-connections",
                   "5",
                   "--max-requests",
                   "6",
                   "--max-bytes-in-flight",
                   "7MB",
                   "--max-body",
                   "8KB",
                   "--log-level",
                   "debug"},
                  options),
            std::nullopt);
  EXPECT_EQ(options.control_plane, "cp:1");
  EXPECT_EQ(options.listen, "0.0.0.0:2");
  EXPECT_EQ(options.ops_listen, "0.0.0.0:3");
  EXPECT_EQ(options.region, "eu");
  EXPECT_EQ(options.node_id, "n");
  EXPECT_EQ(options.workers, 4u);
  EXPECT_EQ(options.snapshot_cache, "/c");
  EXPECT_EQ(options.usage_spool, "/u");
  EXPECT_EQ(options.access_log, "-");
  EXPECT_EQ(options.access_log_sample, 0.25);
  EXPECT_EQ(options.drain_delay, absl::Seconds(1));
  EXPECT_EQ(options.drain_timeout, absl::Minutes(2));
  EXPECT_EQ(options.limits.max_connections, 5u);
  EXPECT_EQ(options.limits.max_requests_in_flight, 6u);
  EXPECT_EQ(options.limits.max_bytes_in_flight, std::uint64_t{7} << 20);
  EXPECT_EQ(options.limits.max_body_bytes, std::uint64_t{8} << 10);
  EXPECT_EQ(options.log_level, "debug");
}

TEST(NodeOptionsTest, SoHaveThoseOfTraces) {
  NodeOptions options;
  EXPECT_EQ(Parse({"--otlp-endpoint", "collector:4317", "--otlp-ca", "/ca",
                   "--otlp-cert", "/cert", "--otlp-key", "/key",
                   "--trace-sample", "0.5"},
                  options),
            std::nullopt);
  EXPECT_EQ(options.traces.endpoint, "collector:4317");
  EXPECT_EQ(options.traces.identity.authorities, "/ca");
  EXPECT_EQ(options.traces.identity.certificate, "/cert");
  EXPECT_EQ(options.traces.identity.key, "/key");
  EXPECT_EQ(options.traces.sample, 0.5);
  EXPECT_EQ(options.traces.plaintext, net::Plaintext::kOnLoopback);
  EXPECT_EQ(Parse({"--otlp-insecure"}, options), std::nullopt);
  EXPECT_EQ(options.traces.plaintext, net::Plaintext::kAnywhere);
  EXPECT_EQ(options.tls.plaintext, net::Plaintext::kOnLoopback);
}

TEST(NodeOptionsTest, WrongValuesNameThemselvesAndExitWithTwo) {
  for (const auto& [flag, value] : {std::pair{"--listen", "nonsense"},
                                    {"--workers", "0"},
                                    {"--drain-delay", "soon"},
                                    {"--max-connections", "-1"},
                                    {"--log-level", "loud"},
                                    {"--access-log-sample", "1.5"},
                                    {"--trace-sample", "-0.5"},
                                    {"--otlp-endpoint", "http://c:4317"},
                                    {"--max-body", "big"}}) {
    NodeOptions options;
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(Parse({flag, value}, options), 2) << flag;
    EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr(flag));
  }
}

TEST(LimitsOfWorkerTest, DivideWhatIsCountedAndKeepWhatIsOfOne) {
  WorkerLimits node;
  node.max_connections = 10;
  node.max_requests_in_flight = 9;
  node.max_bytes_in_flight = 900;
  node.max_body_bytes = 100;
  const WorkerLimits worker = LimitsOfWorker(node, 3);
  EXPECT_EQ(worker.max_connections, 4u);
  EXPECT_EQ(worker.max_requests_in_flight, 3u);
  EXPECT_EQ(worker.max_bytes_in_flight, 300u);
  EXPECT_EQ(worker.max_body_bytes, 100u);
  EXPECT_EQ(worker.client_idle, node.client_idle);
}

TEST(LimitsOfWorkerTest, EveryWorkerCanTakeOneRequestOfFullSize) {
  WorkerLimits node;
  node.max_connections = 1;
  node.max_bytes_in_flight = 150;
  node.max_body_bytes = 100;
  EXPECT_EQ(LimitsOfWorker(node, 8).max_bytes_in_flight, 100u);
  EXPECT_EQ(LimitsOfWorker(node, 8).max_connections, 1u);
}

TEST(ConnectionsForTest, LeaveRoomForProvidersAndTheNodeItself) {
  EXPECT_EQ(ConnectionsFor(20'000), 9'744u);
  EXPECT_EQ(ConnectionsFor(512), 1u);
  EXPECT_EQ(ConnectionsFor(0), 1u);
  EXPECT_EQ(ConnectionsFor(~std::uint64_t{0}), ~std::uint32_t{0});
}

TEST(ProcessLimitsTest, ThereIsAlwaysACore) {
  EXPECT_GE(UsableCores({}), 1u);
  EXPECT_EQ(UsableCores({.cores = 1, .memory_bytes = std::nullopt}), 1u);
}

TEST(ProcessLimitsTest, DescriptorsAreRaisedToWhatIsAllowed) {
  const std::uint64_t raised = RaiseDescriptorLimit();
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, raised);
  EXPECT_EQ(limit.rlim_cur, limit.rlim_max);
}

}  // namespace
}  // namespace weir::dataplane
