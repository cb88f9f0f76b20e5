// Promise: what a machine may do to its processes, no client sees: a disk that
// is full, descriptors that are used up, a clock that jumps, a log that nobody
// takes, a pause of all of it.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/failure/failure_scenario.h"
#include "tests/end_to_end/failure/own_network.h"
#include "tests/end_to_end/failure/small_disk.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/ledger.h"
#include "tests/end_to_end/harness/replicas.h"
#include "tests/end_to_end/harness/server.h"
#include "tests/end_to_end/harness/socket.h"

namespace weir::testing {
namespace {

// Health checks that are in no account.
FleetOptions Accountable(int nodes) {
  return {
      .nodes = nodes,
      .providers = 3,
      .health_check =
          "{kind: models, interval: 500ms, timeout: 1s, unhealthy_after: 2, "
          "healthy_after: 2}",
      .provider_flags = {"--latency", "5ms", "--tokens", "10"}};
}

class MachineFailureTest : public FailureScenario {
 protected:
  // Weights follow health: how soon p3, which begins to fail, has none.
  absl::Duration UntilP3IsOut() {
    const absl::Time begin = absl::Now();
    MakeUneven(fleet());
    return absl::Now() - begin;
  }
};

TEST_F(MachineFailureTest, DiskFull) {
  if (!OwnNetwork().ok()) GTEST_SKIP() << OwnNetwork();
  SmallDisk disk(scratch().path(), std::size_t{48} << 20);
  ASSERT_TRUE(disk.status().ok()) << disk.status();
  ASSERT_NO_FATAL_FAILURE(Begin("disk full", Accountable(2)));
  ASSERT_NO_FATAL_FAILURE(StartTraffic());
  Done(
      "not a byte left for the store, the snapshot caches, the usage spools, "
      "the access logs and all other logs");
  disk.Fill();
  // What is to be kept changes meanwhile.
  const absl::Duration out = UntilP3IsOut();
  Saw(absl::StrCat("a provider that failed has no weight after ",
                   Seconds(out)));
  const auto failures = [&](const char* name) {
    disk.Fill();
    return fleet().SumMetric(name);
  };
  const auto dropped = [&] {
    disk.Fill();
    return fleet().SumMetric("weir_access_log_lines_total",
                             "outcome=\"dropped\"");
  };
  EXPECT_TRUE(Eventually(
      [&] {
        return failures("weir_snapshot_cache_write_failures_total") > 0 &&
               failures("weir_usage_write_failures_total") > 0 && dropped() > 0;
      },
      kPatience))
      << failures("weir_snapshot_cache_write_failures_total") << " "
      << failures("weir_usage_write_failures_total") << " " << dropped()
      << fleet().Logs();
  int created = 0;
  // The store's files may have some room left.
  EXPECT_TRUE(Eventually([&] {
    disk.Fill();
    const auto refused =
        fleet().Ctl({"key", "create", absl::StrCat("meanwhile-", ++created)});
    return refused.ok() && refused->exit_code != 0;
  }));
  Saw("failures are counted, changes refused");

  disk.Free();
  const absl::Time freed = absl::Now();
  const double written =
      fleet().SumMetric("weir_access_log_lines_total", "outcome=\"written\"");
  EXPECT_TRUE(Eventually(
      [&] {
        const auto after = fleet().Ctl({"key", "create", "after"});
        return after.ok() && after->exit_code == 0;
      },
      kPatience))
      << fleet().Logs();
  EXPECT_TRUE(Eventually([&] {
    return fleet().SumMetric("weir_access_log_lines_total",
                             "outcome=\"written\"") > written;
  })) << fleet().Logs();
  Saw(absl::StrCat("all of it works again ", Seconds(absl::Now() - freed),
                   " after there was room"));
  EndTraffic();
  ExpectExactLedger(fleet(), 10);
  Saw("usage exact");
  // The fleet is on it.
  EndFleet();
}

// What the process takes of a core, by the kernel's count.
class ProcessorTime {
 public:
  explicit ProcessorTime(pid_t process)
      : process_(process), begin_(Taken()), since_(absl::Now()) {}

  double OfACore() const { return (Taken() - begin_) / (absl::Now() - since_); }

 private:
  absl::Duration Taken() const {
    std::ifstream file(absl::StrCat("/proc/", process_, "/stat"));
    std::string word;
    std::int64_t ticks = 0;
    // proc(5): the 14th and 15th are of user and of system.
    for (int i = 1; i <= 15 && file >> word; ++i) {
      if (i >= 14) ticks += std::stoll(word);
    }
    return absl::Seconds(ticks) / ::sysconf(_SC_CLK_TCK);
  }

  const pid_t process_;
  const absl::Duration begin_;
  const absl::Time since_;
};

std::int64_t DescriptorsOf(pid_t process) {
  const std::filesystem::directory_iterator all(
      absl::StrCat("/proc/", process, "/fd"));
  return std::distance(begin(all), end(all));
}

// Of a process that runs.
void LimitDescriptors(pid_t process, std::int64_t most) {
  rlimit limit{};
  ASSERT_EQ(::prlimit(process, RLIMIT_NOFILE, nullptr, &limit), 0);
  limit.rlim_cur = static_cast<rlim_t>(most);
  ASSERT_EQ(::prlimit(process, RLIMIT_NOFILE, &limit, nullptr), 0);
}

// Connections that say nothing.
void Flood(const std::string& address, int count, std::deque<Socket>& held) {
  for (int i = 0; i < count; ++i) {
    const absl::Status connected = held.emplace_back().Connect(address);
    ASSERT_TRUE(connected.ok()) << connected;
  }
}

int TimesIn(const std::string& text, const std::string& what) {
  int times = 0;
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + what.size())) {
    ++times;
  }
  return times;
}

class DescriptorFailureTest : public MachineFailureTest {
 protected:
  static constexpr int kConnections = 6;

  // A client that has all the connections that it will ever need.
  void StartSteadyTraffic() {
    StartTraffic({.rate = 50, .connections = kConnections});
    ASSERT_TRUE(Eventually([&] {
      return fleet().SumMetric("weir_client_connections_open") >= kConnections;
    }));
  }
  bool AnswersNewClients() {
    const absl::StatusOr<HttpAnswer> answer =
        Get(fleet().Api(), "/health/full");
    return answer.ok() && answer->status == 200;
  }
};

TEST_F(DescriptorFailureTest, OfANode) {
  FleetOptions options = Accountable(1);
  // Answers slow enough for six connections to be in use at once.
  options.provider_flags = {"--latency", "100ms", "--tokens", "10"};
  options.node_binaries = {
      Wrapped(scratch(), "weir-dataplane", "ulimit -n 600")};
  ASSERT_NO_FATAL_FAILURE(Begin("descriptors of a node used up", options));
  ASSERT_NO_FATAL_FAILURE(StartSteadyTraffic());
  Done(
      "300 silent connections at a node that may open 600 files; then no file "
      "at all that it may open");
  const pid_t node = fleet().node(0).pid();
  {
    std::deque<Socket> flood;
    ASSERT_NO_FATAL_FAILURE(Flood(fleet().Api(), 300, flood));
    EXPECT_TRUE(Eventually([&] {
      return fleet().SumMetric("weir_client_connections_total",
                               "outcome=\"refused\"") > 200;
    }));
    const ProcessorTime busy(node);
    ASSERT_TRUE(LetTrafficGoOn(100));
    EXPECT_LT(busy.OfACore(), 0.5);
    Saw(
        absl::StrCat("it keeps files for providers and closes what is too "
                     "much, with ",
                     Share(busy.OfACore()), " of a core"));
  }
  EXPECT_TRUE(Eventually([&] { return AnswersNewClients(); }));

  // Now for real: nobody told it.
  std::deque<Socket> flood;
  LimitDescriptors(node, DescriptorsOf(node));
  ASSERT_NO_FATAL_FAILURE(Flood(fleet().Api(), 20, flood));
  Socket patient;
  ASSERT_TRUE(patient.Connect(fleet().Api()).ok());
  patient.Write("GET /health HTTP/1.1\r\nhost: weir\r\n\r\n");
  const ProcessorTime busy(node);
  ASSERT_TRUE(LetTrafficGoOn(200));
  EXPECT_LT(busy.OfACore(), 0.5);
  EXPECT_FALSE(patient.Readable(absl::ZeroDuration()));
  LimitDescriptors(node, 600);
  const absl::Time back = absl::Now();
  EXPECT_TRUE(patient.Readable(absl::Seconds(5)));
  // Strangers must not fill the disk with its log.
  EXPECT_LT(TimesIn(fleet().node(0).LastLines(), "cannot accept"), 15)
      << fleet().node(0).LastLines();
  Saw(absl::StrCat("without any it takes ", Share(busy.OfACore()),
                   " of a core, and answers who waited ",
                   Seconds(absl::Now() - back), " after there are some"));
}

TEST_F(DescriptorFailureTest, OfTheControlPlane) {
  ASSERT_NO_FATAL_FAILURE(
      Begin("descriptors of the control plane used up", Accountable(2)));
  ASSERT_NO_FATAL_FAILURE(StartTraffic());
  Done("no file that it may open, and 200 silent connections at its gRPC port");
  const pid_t process = fleet().control_plane().pid();
  const std::string address = fleet().control_plane().address("grpc");
  {
    std::deque<Socket> flood;
    LimitDescriptors(process, DescriptorsOf(process));
    ASSERT_NO_FATAL_FAILURE(Flood(address, 200, flood));
    const ProcessorTime busy(process);
    ASSERT_TRUE(LetTrafficGoOn(600));
    EXPECT_LT(busy.OfACore(), 0.7);
    // Who can't ask providers must not say that they are down.
    for (int provider = 1; provider <= 3; ++provider) {
      EXPECT_GT(fleet().WeightAt(fleet().Ops(), "gpt-4.1",
                                 absl::StrCat("p", provider)),
                0.1)
          << fleet().Logs();
    }
    EXPECT_EQ(fleet().SumMetric("weir_control_plane_connected"), 2);
    Saw(absl::StrCat("nodes stay connected, ", Share(busy.OfACore()),
                     " of a core is used"));
  }
  LimitDescriptors(process, 4096);
  const absl::Time back = absl::Now();
  EXPECT_TRUE(Eventually([&] {
    const auto nodes = fleet().Ctl({"nodes"});
    return nodes.ok() && nodes->exit_code == 0;
  })) << fleet().Logs();
  EXPECT_GT(fleet().ControlPlaneMetric(0, "weir_descriptor_shortages_total"),
            0);
  Saw(absl::StrCat("operators get in ", Seconds(absl::Now() - back),
                   " after there are files again"));
  Saw(absl::StrCat("a provider that failed has no weight after ",
                   Seconds(UntilP3IsOut())));
}

class ClockFailureTest : public MachineFailureTest {
 protected:
  // What Debian's libfaketime does to the wall clock of both planes, and not to
  // the monotonic one.
  std::string Faked(const std::string& binary) {
    SetClock("+0");
    return Wrapped(scratch(), binary,
                   absl::StrCat("for library in "
                                "/usr/lib/*/faketime/libfaketimeMT.so.1; do\n"
                                "  export LD_PRELOAD=\"$library\"\ndone\n"
                                "export FAKETIME_NO_CACHE=1\n"
                                "export FAKETIME_DONT_FAKE_MONOTONIC=1\n"
                                "export FAKETIME_TIMESTAMP_FILE='",
                                (scratch() / "clock").string(), "'"));
  }
  // `+2h`: from what it really is.
  void SetClock(const std::string& offset) {
    const std::string fresh = scratch() / "clock.new";
    std::ofstream(fresh) << offset << "\n";
    std::filesystem::rename(fresh, scratch() / "clock");
  }
  // Of the newest line in the first node's access log, relative to this
  // process's.
  absl::Duration NodesClock() {
    std::ifstream log(fleet().folder() / "node-1.access");
    std::string last;
    for (std::string line; std::getline(log, line);) {
      if (!line.empty() && line.back() == '}') last = line;
    }
    const std::string begin = "\"time\":\"";
    const std::size_t at = last.find(begin);
    absl::Time time;
    std::string error;
    if (at == std::string::npos ||
        !absl::ParseTime(
            absl::RFC3339_full,
            last.substr(at + begin.size(),
                        last.find('"', at + begin.size()) - at - begin.size()),
            &time, &error)) {
      return absl::InfiniteDuration();
    }
    return time - absl::Now();
  }
};

TEST_F(ClockFailureTest, Jumps) {
  FleetOptions options = Accountable(2);
  options.control_plane_binary = Faked("weir-controlplane");
  const std::string node = Faked("weir-dataplane");
  options.node_binaries = {node, node};
  ASSERT_NO_FATAL_FAILURE(Begin("clock jumps", options));
  ASSERT_NO_FATAL_FAILURE(StartTraffic());
  ASSERT_NO_FATAL_FAILURE(StartLimited(1200));
  Done("wall clock of both planes set 2 h ahead, then 1 h back");
  const auto third = 1.0 / 3;
  WeightWatch weights(fleet(), {third, third, third});
  for (const auto& [offset, hours] :
       {std::pair("+2h", absl::Hours(2)), {"-1h", -absl::Hours(1)}}) {
    SetClock(offset);
    ASSERT_TRUE(LetTrafficGoOn(500));
    EXPECT_TRUE(weights.Eventually([&] {
      return absl::AbsDuration(NodesClock() - hours) < absl::Minutes(1);
    })) << offset
        << ": " << NodesClock();
    EXPECT_EQ(fleet().SumMetric("weir_control_plane_connected"), 2);
    EXPECT_EQ(fleet().SumMetric("weir_control_plane_connects_total"), 2);
    EXPECT_EQ(fleet().SumMetric("weir_weights_trust"), 2);
  }
  // Scores of three that are alike differ more on a busy machine.
  EXPECT_LT(weights.farthest(), 2 * kJump);
  Saw(absl::StrCat("nodes stay connected; no weight moved by more than ",
                   Share(weights.farthest())));
  ExpectLimitHeld();
  Saw(absl::StrCat("a provider that failed has no weight after ",
                   Seconds(UntilP3IsOut())));
  EndTraffic();
  ExpectExactLedger(fleet(), 10);
  Saw("usage exact");
}

TEST_F(MachineFailureTest, Paused) {
  FleetOptions options = Accountable(3);
  // Clients of the paused one wait for it.
  options.timeouts = "{connect: 1s, fast: 30s, normal: 30s, complex: 30s}";
  ASSERT_NO_FATAL_FAILURE(Begin("machine paused", options));
  ASSERT_NO_FATAL_FAILURE(StartTrafficBehindProxy({.rate = 150}));
  constexpr int kRpm = 1200;
  ASSERT_NO_FATAL_FAILURE(StartLimited(kRpm));
  // Longer than leases hold.
  Done(
      "SIGSTOP of one node of three, behind HAProxy, until its share of a "
      "limit is the others'; then SIGCONT");
  const absl::Time begin = absl::Now();
  fleet().node(0).Signal(SIGSTOP);
  ASSERT_TRUE(LetTrafficGoOn(1800));
  const absl::Duration paused = absl::Now() - begin;
  EXPECT_GT(paused, absl::Seconds(10));
  fleet().node(0).Signal(SIGCONT);
  const absl::Time awake = absl::Now();
  EXPECT_TRUE(Eventually(
      [&] {
        return fleet().ControlPlaneMetric(0, "weir_nodes_connected") == 3 &&
               fleet().SumMetric("weir_control_plane_connected") == 3;
      },
      kPatience))
      << fleet().Logs();
  Saw(absl::StrCat("paused for ", Seconds(paused), ", connected ",
                   Seconds(absl::Now() - awake), " after that"));
  ASSERT_TRUE(LetTrafficGoOn(600));
  // The bucket of its third, which filled meanwhile.
  ExpectLimitHeld(kRpm / 60.0 / 3 * 10);
}

TEST_F(MachineFailureTest, NobodyTakesItsLogs) {
  FleetOptions options = Accountable(1);
  // A pipe that somebody has open and nobody reads.
  options.node_binaries = {
      Wrapped(scratch(), "weir-dataplane",
              "before=\nfor word; do\n"
              "  if [ \"$before\" = --access-log ]; then\n"
              "    rm -f \"$word\"; mkfifo \"$word\"; exec 3<>\"$word\"\n"
              "  fi\n  before=$word\ndone\nexec 2>&3")};
  ASSERT_NO_FATAL_FAILURE(Begin("log sinks blocked", options));
  ASSERT_NO_FATAL_FAILURE(StartTraffic({.rate = 200}));
  Done("access log and log of a node go to a pipe that nobody reads");
  const auto written = [&] {
    return fleet().SumMetric("weir_access_log_lines_total",
                             "outcome=\"written\"");
  };
  ASSERT_TRUE(LetTrafficGoOn(600));
  const double full = written();
  ASSERT_TRUE(LetTrafficGoOn(600));
  EXPECT_EQ(written(), full) << "the pipe was to be full";
  EXPECT_LT(full, 600);
  Saw(absl::StrCat(full, " lines got through, the rest waits in memory"));
}

}  // namespace
}  // namespace weir::testing
