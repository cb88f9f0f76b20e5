// How soon all nodes of a large fleet run new weights, and what that takes of
// the control plane.

#include <grpcpp/grpcpp.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "bench/fleet/simulated_node.h"
#include "common/concat.h"
#include "common/config/size_limit.h"
#include "common/mutex.h"
#include "common/net/grpc_channel.h"
#include "common/tls/identity.h"
#include "common/tls/identity_watch.h"
#include "weir/admin/v1/admin.grpc.pb.h"

namespace weir::bench {
namespace {

// Only a fleet that does not hold together takes so long.
constexpr absl::Duration kPatience = absl::Minutes(2);

struct Flags {
  std::string control_plane;
  std::string provider = "p2";
  int nodes = 10'000;
  int changes = 6;
  int control_plane_pid = 0;
  int returns = 0;
  double report_seconds = 5;
  // Of the nodes, and of who changes modes.
  tls::IdentityFiles node_tls;
  tls::IdentityFiles admin_tls;
};

// When each node acknowledged a change: the first weights that are newer than
// all that were acknowledged before it. Thread safety: may be used from any
// thread.
class Acks {
 public:
  explicit Acks(std::size_t nodes) : has_(nodes) { Begin(); }

  // The change comes now.
  void Begin() {
    MutexLock lock(&mutex_);
    before_ = newest_;
    has_.assign(has_.size(), false);
    times_.clear();
  }

  // Another control plane comes now, with sequences of its own.
  void BeginAnew() {
    {
      MutexLock lock(&mutex_);
      newest_ = 0;
    }
    Begin();
  }

  void Note(std::size_t node, std::uint64_t sequence, absl::Time when) {
    MutexLock lock(&mutex_);
    if (sequence > newest_) {
      newest_ = sequence;
      newest_at_ = when;
    }
    if (sequence <= before_ || has_[node]) return;
    has_[node] = true;
    times_.push_back(when);
    if (times_.size() == has_.size()) changed_.SignalAll();
  }

  // In order; fewer than there are nodes when time is up.
  std::vector<absl::Time> Await(absl::Time until) {
    MutexLock lock(&mutex_);
    while (times_.size() < has_.size() && absl::Now() < until) {
      changed_.WaitFor(&mutex_, absl::Milliseconds(100));
    }
    std::vector<absl::Time> times = times_;
    std::sort(times.begin(), times.end());
    return times;
  }

  absl::Time newest_at() const {
    MutexLock lock(&mutex_);
    return newest_at_;
  }

 private:
  mutable Mutex mutex_;
  CondVar changed_;
  std::uint64_t before_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t newest_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time newest_at_ ABSL_GUARDED_BY(mutex_);
  // By node.
  std::vector<bool> has_ ABSL_GUARDED_BY(mutex_);
  std::vector<absl::Time> times_ ABSL_GUARDED_BY(mutex_);
};

void AllowDescriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// A line of /proc/PID/status, like `VmHWM`, without its name.
std::string StatusLine(int pid, const std::string& name) {
  std::ifstream status(Concat("/proc/", pid, "/status"));
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with(name + ":")) return line.substr(name.size() + 1);
  }
  return " unknown";
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> CredentialsOf(
    const tls::IdentityFiles& files) {
  if (files.none()) return net::ClientCredentials(nullptr);
  const auto watch = tls::IdentityWatch::Open(files, absl::Now());
  if (!watch.ok()) return watch.status();
  return net::ClientCredentials((*watch)->Current().get());
}

absl::Status SetMode(const std::shared_ptr<grpc::Channel>& channel,
                     const std::string& provider, config::v1::Mode mode) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
  admin::v1::SetProviderModeRequest request;
  request.set_name(provider);
  request.set_mode(mode);
  admin::v1::SetProviderModeResponse response;
  const grpc::Status status =
      admin::v1::Admin::NewStub(channel)->SetProviderMode(&context, request,
                                                          &response);
  if (status.ok()) return absl::OkStatus();
  return absl::UnavailableError(
      Concat("SetProviderMode: ", status.error_message()));
}

class Fleet {
 public:
  Fleet(const Flags& flags, std::shared_ptr<grpc::ChannelCredentials> nodes,
        const std::shared_ptr<grpc::ChannelCredentials>& admin)
      : flags_(flags),
        credentials_(std::move(nodes)),
        admin_(NewChannel(admin)),
        acks_(static_cast<std::size_t>(flags.nodes)) {}

  // Connects them all, as fast as that goes.
  absl::Status Start() {
    const absl::Time begin = absl::Now();
    for (std::size_t i = 0; std::cmp_less(i, flags_.nodes); ++i) {
      nodes_.push_back(NewNode(i));
    }
    const auto times = acks_.Await(begin + kPatience);
    if (times.size() < nodes_.size()) return Missing(times.size());
    std::printf("%d nodes connected and run weights after %s\n", flags_.nodes,
                absl::FormatDuration(times.back() - begin).c_str());
    return absl::OkStatus();
  }

  ~Fleet() { StopReports(); }

  // Waits until every stream has ended, for somebody ends the control plane,
  // and lets all nodes come back at once: without the jitter that real ones
  // have. REQUIRES: none reports.
  absl::Status Return() {
    const absl::Time until = absl::Now() + kPatience;
    while (!AllEnded()) {
      if (absl::Now() > until) {
        return absl::DeadlineExceededError("the streams go on");
      }
      absl::SleepFor(absl::Milliseconds(10));
    }
    acks_.BeginAnew();
    const absl::Time begin = absl::Now();
    for (std::size_t i = 0; i < nodes_.size(); ++i) nodes_[i] = NewNode(i);
    const auto times = acks_.Await(begin + kPatience);
    if (times.size() < nodes_.size()) return Missing(times.size());
    std::printf("%d nodes are back and run weights after %s\n", flags_.nodes,
                absl::FormatDuration(times.back() - begin).c_str());
    return absl::OkStatus();
  }

  // Changes weights once; prints how long nodes took to acknowledge them.
  absl::Status Change(bool drain) {
    AwaitCalm();
    acks_.Begin();
    const absl::Time begin = absl::Now();
    const absl::Status set =
        SetMode(admin_, flags_.provider,
                drain ? config::v1::MODE_DRAINING : config::v1::MODE_ENABLED);
    if (!set.ok()) return set;
    const auto times = acks_.Await(begin + kPatience);
    if (times.size() < nodes_.size()) return Missing(times.size());
    const auto after = [&](double share) {
      const auto at = static_cast<std::size_t>(
          share * static_cast<double>(times.size() - 1));
      return absl::ToDoubleMilliseconds(times[at] - begin);
    };
    std::printf("weights acknowledged: p50 %.0f ms, p99 %.0f ms, all %.0f ms\n",
                after(0.5), after(0.99), after(1));
    return absl::OkStatus();
  }

  // From now on nodes report, each at its interval.
  void StartReports() {
    reporter_ = std::thread([this] { Report(); });
  }
  void StopReports() {
    stopping_ = true;
    if (reporter_.joinable()) reporter_.join();
  }

  absl::Status CheckNoneEnded() const {
    for (const auto& node : nodes_) {
      if (const auto ended = node->ended()) {
        return absl::UnavailableError(
            Concat("a stream ended: ", ended->error_message()));
      }
    }
    return absl::OkStatus();
  }

 private:
  // A provider that is enabled gets its share in steps; what they make must not
  // be taken for the next change.
  void AwaitCalm() const {
    constexpr absl::Duration kCalm = absl::Seconds(5);
    const absl::Time until = absl::Now() + kPatience;
    while (absl::Now() < std::min(until, acks_.newest_at() + kCalm)) {
      absl::SleepFor(absl::Milliseconds(100));
    }
  }

  void Report() {
    constexpr absl::Duration kStep = absl::Milliseconds(50);
    const double steps = flags_.report_seconds / absl::ToDoubleSeconds(kStep);
    const auto batch =
        static_cast<std::size_t>(static_cast<double>(nodes_.size()) / steps) +
        1;
    std::size_t next = 0;
    while (!stopping_) {
      for (std::size_t i = 0; i < batch; ++i) {
        nodes_[next++ % nodes_.size()]->Report();
      }
      absl::SleepFor(kStep);
    }
  }

  std::shared_ptr<grpc::Channel> NewChannel(
      const std::shared_ptr<grpc::ChannelCredentials>& credentials) const {
    return net::NewGrpcChannel(flags_.control_plane, credentials,
                               config::kMaxMessageBytes);
  }
  std::unique_ptr<SimulatedNode> NewNode(std::size_t index) {
    return std::make_unique<SimulatedNode>(
        NewChannel(credentials_), Concat("simulated-", index), index + 1,
        [this, index](std::uint64_t sequence, absl::Time when) {
          acks_.Note(index, sequence, when);
        });
  }
  bool AllEnded() const {
    return std::ranges::all_of(
        nodes_, [](const auto& node) { return node->ended().has_value(); });
  }
  absl::Status Missing(std::size_t there) const {
    return absl::DeadlineExceededError(
        Concat("after ", absl::FormatDuration(kPatience), " only ", there,
               " of ", flags_.nodes, " nodes have acknowledged"));
  }

  const Flags& flags_;
  const std::shared_ptr<grpc::ChannelCredentials> credentials_;
  const std::shared_ptr<grpc::Channel> admin_;
  Acks acks_;
  std::vector<std::unique_ptr<SimulatedNode>> nodes_;
  std::atomic<bool> stopping_{false};
  std::thread reporter_;
};

absl::Status Run(const Flags& flags) {
  AllowDescriptors();
  const auto nodes = CredentialsOf(flags.node_tls);
  if (!nodes.ok()) return nodes.status();
  const auto admin = CredentialsOf(flags.admin_tls);
  if (!admin.ok()) return admin.status();
  Fleet fleet(flags, *nodes, *admin);
  if (absl::Status fine = fleet.Start(); !fine.ok()) return fine;
  fleet.StartReports();
  for (int i = 0; i < flags.changes; ++i) {
    if (absl::Status fine = fleet.Change(i % 2 == 0); !fine.ok()) return fine;
  }
  if (absl::Status fine = fleet.CheckNoneEnded(); !fine.ok()) return fine;
  fleet.StopReports();
  for (int i = 0; i < flags.returns; ++i) {
    if (absl::Status fine = fleet.Return(); !fine.ok()) return fine;
  }
  if (flags.control_plane_pid > 0) {
    std::printf("control plane: resident now%s, at most%s\n",
                StatusLine(flags.control_plane_pid, "VmRSS").c_str(),
                StatusLine(flags.control_plane_pid, "VmHWM").c_str());
  }
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Plays many nodes of one control plane and drains and enables a provider "
      "in turns: when has each node acknowledged the weights that follow?");
  Flags flags;
  app.add_option("--control-plane", flags.control_plane, "host:port of gRPC")
      ->required();
  app.add_option("--provider", flags.provider, "whose mode is changed")
      ->capture_default_str();
  app.add_option("--nodes", flags.nodes, "how many")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--changes", flags.changes, "of the mode")
      ->check(CLI::Range(0, 1'000))
      ->capture_default_str();
  app.add_option("--returns", flags.returns,
                 "how often to wait until the control plane is gone, and to "
                 "come back all at once")
      ->check(CLI::Range(0, 1'000))
      ->capture_default_str();
  app.add_option("--report-seconds", flags.report_seconds,
                 "how often each node reports")
      ->check(CLI::Range(0.1, 600.0))
      ->capture_default_str();
  app.add_option("--control-plane-pid", flags.control_plane_pid,
                 "whose memory to print");
  std::string authorities;
  app.add_option("--tls-ca", authorities, "PEM file");
  app.add_option("--node-cert", flags.node_tls.certificate, "PEM file");
  app.add_option("--node-key", flags.node_tls.key, "PEM file");
  app.add_option("--admin-cert", flags.admin_tls.certificate, "PEM file");
  app.add_option("--admin-key", flags.admin_tls.key, "PEM file");
  CLI11_PARSE(app, argc, argv);
  flags.node_tls.authorities = flags.admin_tls.authorities = authorities;
  // A line as soon as it is known.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const absl::Status status = Run(flags);
  if (status.ok()) return 0;
  std::cerr << "fleet-bench: " << status.message() << "\n";
  return 1;
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) { return weir::bench::Main(argc, argv); }
