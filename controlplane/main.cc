// weir-controlplane: flags and wiring.
#include <pthread.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/concat.h"
#include "common/net/forward_proxy.h"
#include "common/net/host_port.h"
#include "common/net/plaintext.h"
#include "common/ops/flags.h"
#include "common/ops/log.h"
#include "common/ops/private_memory.h"
#include "common/random.h"
#include "controlplane/alert/http_webhook_sender.h"
#include "controlplane/control_plane.h"
#include "controlplane/grpc_port.h"
#include "controlplane/lease_watch.h"
#include "controlplane/probe/http_prober.h"
#include "controlplane/replica/follower.h"
#include "controlplane/replica/replica.h"
#include "controlplane/rollout/rollout.h"
#include "controlplane/store/open_store.h"
#include "controlplane/store/postgres_url.h"
#include "controlplane/store/store.h"

namespace weir::controlplane {
namespace {

struct Flags {
  ControlPlaneOptions options;
  std::string store = "sqlite://weir-controlplane.db";
  // Empty: AdvertisedOf() what it listens on.
  std::string advertise;
  std::string log_level = "info";
  ops::CoreDumps core_dumps = ops::CoreDumps::kNever;
};

void AddRollout(CLI::App& app, RolloutPolicy& rollout) {
  app.add_option_function<std::string>(
         "--rollout",
         [&rollout](const std::string& mode) {
           rollout.mode =
               mode == "off" ? RolloutMode::kOff : RolloutMode::kWaves;
         },
         "waves: a change of the configuration goes to one node, 5 %, 25 %, "
         "all, and back where it does harm; off: to all at once")
      ->check(CLI::IsMember({"waves", "off"}))
      ->default_str("waves");
  ops::AddDuration(app, "--rollout-settle", rollout.waves.settle,
                   "how long a wave is watched before the next one, where its "
                   "nodes carry traffic; at most 10m")
      ->check([](const std::string& text) {
        absl::Duration settle;
        return absl::ParseDuration(text, &settle) && settle > absl::Minutes(10)
                   ? std::string("is more than 10m")
                   : std::string();
      })
      ->capture_default_str();
  app.add_option("--rollout-max-error-rise", rollout.waves.max_error_rise,
                 "halt when the share of failures on nodes with the new "
                 "configuration grows by more than this; 0 to 1")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
}

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
                 "PEM file of the authorities of nodes', operators' and other "
                 "control planes' certificates")
      ->type_name("FILE");
  app.add_option("--tls-peer-name", port.tls_peer_name,
                 "name in the certificates of other control planes on this "
                 "database; without it, the host that each is reached at")
      ->type_name("NAME");
  app.add_option("--token-file", port.token_file,
                 "file of tokens that weirctl may show instead of a "
                 "certificate, a line NAME ROLE SHA256 each")
      ->type_name("FILE");
  app.add_flag_callback(
      "--insecure", [&port] { port.plaintext = net::Plaintext::kAnywhere; },
      "Speak plain text on other addresses than loopback too: whoever reaches "
      "the gRPC port is an admin");
}

absl::Status CheckStore(const Flags& flags) {
  if (IsPostgresUrl(flags.store)) {
    const absl::StatusOr<PostgresUrl> url = ParsePostgresUrl(flags.store);
    // libpq's own word for it.
    if (!url.ok() || std::getenv("PGSSLMODE") != nullptr) return url.status();
    const absl::Status encrypted = CheckEncryption(*url);
    if (encrypted.ok()) return encrypted;
    return absl::InvalidArgumentError(
        Concat("--store: ", std::string(encrypted.message())));
  }
  const absl::StatusOr<std::string> file = SqlitePath(flags.store);
  if (!file.ok()) return file.status();
  if (!flags.advertise.empty()) {
    return absl::InvalidArgumentError(
        Concat("--advertise ", flags.advertise,
               " is for several control planes on one PostgreSQL database, and "
               "--store is a file; leave one of the two out"));
  }
  if (*file == flags.options.resource_file) {
    return absl::InvalidArgumentError(
        Concat("--store and --resources are the same file, ", *file,
               "; give each its own"));
  }
  return absl::OkStatus();
}

// What of the command line can't be meant together.
absl::Status CheckFlags(const CLI::App& app, const Flags& flags) {
  const ControlPlaneOptions& options = flags.options;
  if (absl::Status port = CheckGrpcPort(options.grpc); !port.ok()) return port;
  if (net::WouldCollide(options.grpc.listen, options.http_listen)) {
    return absl::InvalidArgumentError(
        Concat("--grpc-listen ", options.grpc.listen, " and --http-listen ",
               options.http_listen, " are the same port; give each its own"));
  }
  if (options.usage_retention.hours < options.usage_retention.minutes) {
    return absl::InvalidArgumentError(
        Concat("--usage-hours-kept ",
               absl::FormatDuration(options.usage_retention.hours),
               " is less than --usage-minutes-kept ",
               absl::FormatDuration(options.usage_retention.minutes),
               ", after which usage is kept by the hour; give more of it"));
  }
  for (const char* flag : {"--rollout-settle", "--rollout-max-error-rise"}) {
    if (options.rollout.mode != RolloutMode::kOff || !ops::IsGiven(app, flag)) {
      continue;
    }
    return absl::InvalidArgumentError(
        Concat(flag,
               " is about waves, and --rollout off has none; leave one "
               "of the two out"));
  }
  return CheckStore(flags);
}

std::optional<int> Parse(int argc, char** argv, Flags& flags) {
  CLI::App app(
      "Watches AI providers, computes routing weights and tells the nodes.");
  AddGrpcPort(app, flags.options.grpc);
  ops::AddAddress(app, "--http-listen", flags.options.http_listen,
                  "host:port for metrics, health and views")
      ->capture_default_str();
  app.add_option(
         "--store", flags.store,
         "where resources are kept: sqlite:///FILE for an absolute "
         "path, sqlite://FILE for one in the working directory, "
         "postgresql://USER:PASSWORD@HOST:PORT/DATABASE for a database; "
         "give one with a password in the environment")
      ->capture_default_str()
      ->check([](const std::string& url) {
        return std::string(CheckStoreUrl(url).message());
      });
  ops::AddCalledAddress(
      app, "--advertise", flags.advertise,
      "host:port at which the other control planes on this "
      "database reach the gRPC port; without it, where it listens, "
      "or this machine's name where that is everywhere");
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
  AddRollout(app, flags.options.rollout);
  app.add_option("--log-level", flags.log_level,
                 "debug, info, warning or error")
      ->capture_default_str()
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  ops::AddCoreDumps(app, flags.core_dumps);
  app.callback([&] { ops::RefuseUnless(CheckFlags(app, flags)); });
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

absl::StatusOr<std::unique_ptr<ControlPlane>> StartControlPlane(
    ControlPlaneOptions options, std::shared_ptr<Store> store,
    const SystemClock& clock) {
  return ControlPlane::Start(
      std::move(options), std::move(store),
      std::make_unique<HttpProber>(clock, net::ProcessEnvironment()),
      std::make_unique<HttpWebhookSender>(net::ProcessEnvironment()), clock);
}

void SayWhere(const std::string& grpc, const std::string& http) {
  std::printf("weir-controlplane: grpc %s http %s\n", grpc.c_str(),
              http.c_str());
  std::fflush(stdout);
}

void WaitFor(const sigset_t& signals) {
  int signal_number = 0;
  sigwait(&signals, &signal_number);
  spdlog::info("stopping");
}

// One that leads from its start to its end.
absl::Status RunAlone(Flags flags, const std::shared_ptr<Store>& store,
                      const sigset_t& signals, const SystemClock& clock) {
  auto control_plane =
      StartControlPlane(std::move(flags.options), store, clock);
  if (!control_plane.ok()) return control_plane.status();
  SayWhere((*control_plane)->grpc_address(), (*control_plane)->http_address());
  WaitFor(signals);
  (*control_plane)->Stop();
  return absl::OkStatus();
}

// Where others reach who listens on `address`: in Kubernetes, a pod's name.
std::string AdvertisedOf(const std::string& address) {
  const absl::StatusOr<net::HostPort> listens = net::ParseHostPort(address);
  char name[256] = "";
  if (!listens.ok() || (listens->host != "0.0.0.0" && listens->host != "::") ||
      gethostname(name, sizeof(name) - 1) != 0) {
    return address;
  }
  return Concat(name, ":", listens->port);
}

class Leader final : public Duty {
 public:
  explicit Leader(std::unique_ptr<ControlPlane> control_plane)
      : control_plane_(std::move(control_plane)) {}

 private:
  const std::unique_ptr<ControlPlane> control_plane_;
};

// One of those that share a database.
absl::Status RunReplica(Flags flags, const std::shared_ptr<Store>& store,
                        const sigset_t& signals, const SystemClock& clock) {
  const auto watch = std::make_shared<LeaseWatch>(clock);
  ControlPlaneOptions options = std::move(flags.options);
  options.lease = watch;
  auto follower =
      Follower::Start(options.grpc, options.http_listen, watch, clock);
  if (!follower.ok()) return follower.status();
  // Whatever it becomes later is found where it was.
  options.grpc.listen = (*follower)->grpc_address();
  options.http_listen = (*follower)->http_address();
  SayWhere(options.grpc.listen, options.http_listen);

  const Replica::Duties duties{
      [&]() -> absl::StatusOr<std::unique_ptr<Duty>> {
        auto control_plane = StartControlPlane(options, store, clock);
        if (!control_plane.ok()) return control_plane.status();
        return std::make_unique<Leader>(*std::move(control_plane));
      },
      [&]() -> absl::StatusOr<std::unique_ptr<Duty>> {
        return Follower::Start(options.grpc, options.http_listen, watch, clock);
      }};
  SystemRandom random;
  Replica replica(
      *store->lease(),
      {.holder = Concat(random.Bits(), "-", random.Bits()),
       .address = flags.advertise.empty() ? AdvertisedOf(options.grpc.listen)
                                          : flags.advertise},
      duties, *watch, clock);
  replica.Start(*std::move(follower));
  WaitFor(signals);
  replica.Stop();
  return absl::OkStatus();
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
  const absl::Status memory = ops::KeepMemoryPrivate(flags.core_dumps);
  if (!memory.ok())
    spdlog::warn("cores may hold secrets: {}", memory.ToString());

  const SystemClock clock;
  absl::StatusOr<std::unique_ptr<Store>> opened = OpenStore(flags.store, clock);
  if (!opened.ok()) return Fail(opened.status());
  const std::shared_ptr<Store> store = *std::move(opened);
  const auto run = store->lease() == nullptr ? RunAlone : RunReplica;
  const absl::Status ended = run(std::move(flags), store, signals, clock);
  if (!ended.ok()) return Fail(ended);
  ops::FlushLog();
  return 0;
}

}  // namespace
}  // namespace weir::controlplane

int main(int argc, char** argv) { return weir::controlplane::Main(argc, argv); }
