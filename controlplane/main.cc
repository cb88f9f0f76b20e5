// weir-controlplane: flags and wiring.
#include <pthread.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/net/forward_proxy.h"
#include "common/net/plaintext.h"
#include "common/ops/flags.h"
#include "common/ops/log.h"
#include "controlplane/alert/http_webhook_sender.h"
#include "controlplane/control_plane.h"
#include "controlplane/grpc_port.h"
#include "controlplane/probe/http_prober.h"
#include "controlplane/store/open_store.h"

namespace weir::controlplane {
namespace {

struct Flags {
  ControlPlaneOptions options;
  std::string store = "sqlite://weir-controlplane.db";
  std::string log_level = "info";
};

void AddGrpcPort(CLI::App& app, GrpcPortOptions& port) {
  ops::AddAddress(app, "--grpc-listen", port.listen,
                  "host:port for nodes and weirctl")
      ->capture_default_str();
  app.add_option("--tls-cert", port.tls.certificate,
                 "PEM file of the gRPC port's certificate and those between it "
                 "and its authority; read again when it changes, as the others")
      ->type_name("FILE");
  app.add_option("--tls-key", port.tls.key, "PEM file of its private key")
      ->type_name("FILE");
  app.add_option("--tls-client-ca", port.tls.authorities,
                 "PEM file of the authorities of nodes' and operators' "
                 "certificates")
      ->type_name("FILE");
  app.add_option("--token-file", port.token_file,
                 "file of tokens that weirctl may show instead of a "
                 "certificate, a line NAME ROLE SHA256 each")
      ->type_name("FILE");
  app.add_flag_callback(
      "--insecure", [&port] { port.plaintext = net::Plaintext::kAnywhere; },
      "Speak plain text on other addresses than loopback too: whoever reaches "
      "the gRPC port is an admin");
}

std::optional<int> Parse(int argc, char** argv, Flags& flags) {
  CLI::App app(
      "Watches AI providers, computes routing weights and tells the nodes.");
  AddGrpcPort(app, flags.options.grpc);
  ops::AddAddress(app, "--http-listen", flags.options.http_listen,
                  "host:port for metrics, health and views")
      ->capture_default_str();
  app.add_option("--store", flags.store,
                 "where resources are kept: sqlite:///FILE for an absolute "
                 "path, sqlite://FILE for one in the working directory")
      ->capture_default_str()
      ->check([](const std::string& url) {
        return std::string(SqlitePath(url).status().message());
      });
  app.add_option("--resources", flags.options.resource_file,
                 "YAML file that the registry is kept equal to");
  ops::AddDuration(app, "--alert-hold", flags.options.alert_hold,
                   "how long an alert's condition must be gone before it "
                   "resolves; some must hold as long before it is raised")
      ->capture_default_str();
  ops::AddDuration(app, "--usage-minutes-kept",
                   flags.options.usage_retention.minutes,
                   "how long usage is kept by the minute; then by the hour")
      ->capture_default_str();
  ops::AddDuration(app, "--usage-hours-kept",
                   flags.options.usage_retention.hours,
                   "how long usage is kept by the hour; then by the day, for "
                   "ever")
      ->capture_default_str();
  app.add_option("--log-level", flags.log_level,
                 "debug, info, warning or error")
      ->capture_default_str()
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  ops::AddConventions(app, "weir-controlplane");
  return ops::ParseCommandLine(app, argc, argv);
}

// A fleet needs more connections than the usual soft limit of 1024.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Signals that end the process; blocked in every thread, so that the main one
// can wait for them.
sigset_t BlockSignals() {
  signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int Fail(const absl::Status& status) {
  ops::FlushLog();
  std::fprintf(stderr, "weir-controlplane: %s\n",
               std::string(status.message()).c_str());
  return 1;
}

int Main(int argc, char** argv) {
  Flags flags;
  if (std::optional<int> exit_code = Parse(argc, argv, flags)) {
    return *exit_code;
  }
  const sigset_t signals = BlockSignals();
  RaiseDescriptorLimit();
  absl::Status logging =
      ops::SetUpLogging("weir-controlplane", flags.log_level);
  if (!logging.ok()) return Fail(logging);

  const SystemClock clock;
  absl::StatusOr<std::unique_ptr<Store>> store = OpenStore(flags.store);
  if (!store.ok()) return Fail(store.status());
  absl::StatusOr<std::unique_ptr<ControlPlane>> control_plane =
      ControlPlane::Start(
          std::move(flags.options), *std::move(store),
          std::make_unique<HttpProber>(clock, net::ProcessEnvironment()),
          std::make_unique<HttpWebhookSender>(net::ProcessEnvironment()),
          clock);
  if (!control_plane.ok()) return Fail(control_plane.status());
  std::printf("weir-controlplane: grpc %s http %s\n",
              (*control_plane)->grpc_address().c_str(),
              (*control_plane)->http_address().c_str());
  std::fflush(stdout);

  int signal_number = 0;
  sigwait(&signals, &signal_number);
  spdlog::info("stopping");
  (*control_plane)->Stop();
  ops::FlushLog();
  return 0;
}

}  // namespace
}  // namespace weir::controlplane

int main(int argc, char** argv) { return weir::controlplane::Main(argc, argv); }
