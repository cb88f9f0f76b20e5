// weir-dataplane: a proxy node. Flags and wiring.
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/system/error_code.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/ops/flags.h"
#include "common/ops/log.h"
#include "common/ops/private_memory.h"
#include "common/random.h"
#include "dataplane/control_group.h"
#include "dataplane/node.h"
#include "dataplane/node_options.h"
#include "dataplane/process_limits.h"
#include "dataplane/sync/snapshot_cache.h"

namespace weir::dataplane {
namespace {

constexpr char kBinary[] = "weir-dataplane";
// As for a command line that can't be read.
constexpr int kBadOption = 2;

void FitToDescriptors(WorkerLimits& limits) {
  const std::uint32_t most = ConnectionsFor(RaiseDescriptorLimit());
  if (limits.max_connections <= most) return;
  spdlog::warn("the limit of open files allows {} connections, not {}", most,
               limits.max_connections);
  limits.max_connections = most;
}

// The first signal drains, the second one ends.
class Signals {
 public:
  Signals(boost::asio::io_context& loop, Node& node)
      : loop_(loop), node_(node), set_(loop, SIGTERM, SIGINT) {
    Wait();
  }

  int exit_code() const { return exit_code_; }

 private:
  void Wait() {
    set_.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) OnSignal();
    });
  }

  void OnSignal() {
    if (draining_) {
      spdlog::warn("second signal: ending now");
      exit_code_ = EXIT_FAILURE;
      return loop_.stop();
    }
    draining_ = true;
    spdlog::info("draining; a second signal ends at once");
    node_.StartDrain([this] { loop_.stop(); });
    Wait();
  }

  boost::asio::io_context& loop_;
  Node& node_;
  boost::asio::signal_set set_;
  bool draining_ = false;
  int exit_code_ = EXIT_SUCCESS;
};

absl::Status CheckCache(const NodeOptions& options) {
  if (options.snapshot_cache.empty()) return absl::OkStatus();
  return SnapshotCache(options.snapshot_cache).Check();
}

int Serve(const NodeOptions& options) {
  SystemClock clock;
  SystemRandom random;
  boost::asio::io_context loop(1);
  Node node(options, loop, clock, random);
  const absl::StatusOr<Node::Addresses> addresses = node.Start();
  if (!addresses.ok()) {
    spdlog::error("{}", addresses.status().ToString());
    return absl::IsFailedPrecondition(addresses.status()) ? kBadOption
                                                          : EXIT_FAILURE;
  }
  std::printf("%s: http %s ops %s\n", kBinary, addresses->http.c_str(),
              addresses->ops.c_str());
  std::fflush(stdout);
  const Signals signals(loop, node);
  loop.run();
  node.Stop();
  return signals.exit_code();
}

int Main(int argc, char** argv) {
  NodeOptions options;
  const ControlGroup group = ReadControlGroup();
  options.workers = UsableCores(group);
  options.limits.max_bytes_in_flight =
      BytesInFlightFor(group.memory_bytes, options.limits.max_bytes_in_flight);
  CLI::App app(
      "A proxy node: takes client requests, forwards them to "
      "providers by the control plane's weights.");
  AddFlags(app, options);
  ops::AddConventions(app, kBinary);
  if (const std::optional<int> code = ops::ParseCommandLine(app, argc, argv)) {
    return *code;
  }
  // Writing to a connection that the peer closed is an error code, not an end.
  std::signal(SIGPIPE, SIG_IGN);
  if (const absl::Status status = ops::SetUpLogging(kBinary, options.log_level);
      !status.ok()) {
    std::fprintf(stderr, "%s: %s\n", kBinary, status.ToString().c_str());
    return EXIT_FAILURE;
  }
  if (const absl::Status status = ops::KeepMemoryPrivate(options.core_dumps);
      !status.ok()) {
    spdlog::warn("cores may hold secrets: {}", status.ToString());
  }
  if (const absl::Status cache = CheckCache(options); !cache.ok()) {
    std::fprintf(stderr, "%s: --snapshot-cache %s\n", kBinary,
                 std::string(cache.message()).c_str());
    return kBadOption;
  }
  FitToDescriptors(options.limits);
  const int code = Serve(options);
  ops::FlushLog();
  return code;
}

}  // namespace
}  // namespace weir::dataplane

int main(int argc, char** argv) { return weir::dataplane::Main(argc, argv); }
