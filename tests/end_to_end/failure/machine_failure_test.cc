// Promise: what a machine may do to its processes, no client sees: a disk that
// is full, a clock that jumps, a log that nobody takes, a pause of all of it.

#include <gtest/gtest.h>
#include <signal.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/failure/failure_scenario.h"
#include "tests/end_to_end/failure/machine_scenario.h"
#include "tests/end_to_end/failure/own_network.h"
#include "tests/end_to_end/failure/small_disk.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/ledger.h"
#include "tests/end_to_end/harness/process.h"
#include "tests/end_to_end/harness/replicas.h"

namespace weir::testing {
namespace {

class MachineFailureTest : public MachineScenario {};

class DiskFailureTest : public MachineScenario {
 protected:
  double AccessLines(const std::string& outcome) {
    return fleet().SumMetric("weir_access_log_lines_total",
                             absl::StrCat("outcome=\"", outcome, "\""));
  }
  bool CreatesKey(const std::string& name) {
    const absl::StatusOr<Finished> created =
        fleet().Ctl({"key", "create", name});
    return created.ok() && created->exit_code == 0;
  }

  void ExpectFailuresToBeCounted(SmallDisk& disk) {
    const auto counted = [&] {
      disk.Fill();
      return fleet().SumMetric("weir_snapshot_cache_write_failures_total") >
                 0 &&
             fleet().SumMetric("weir_usage_write_failures_total") > 0 &&
             AccessLines("dropped") > 0;
    };
    EXPECT_TRUE(Eventually(counted, kPatience)) << fleet().Logs();
    // The store's files may have some room left.
    int created = 0;
    EXPECT_TRUE(Eventually([&] {
      disk.Fill();
      return !CreatesKey(absl::StrCat("meanwhile-", ++created));
    }));
    Saw("failures are counted, changes refused");
  }
};

TEST_F(DiskFailureTest, Full) {
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
  Saw(absl::StrCat("a provider that failed has no weight after ",
                   Seconds(UntilP3IsOut())));
  ExpectFailuresToBeCounted(disk);

  const double written = AccessLines("written");
  disk.Free();
  const absl::Time freed = absl::Now();
  EXPECT_TRUE(Eventually([&] { return CreatesKey("after"); }, kPatience))
      << fleet().Logs();
  EXPECT_TRUE(Eventually([&] { return AccessLines("written") > written; }))
      << fleet().Logs();
  Saw(absl::StrCat("all of it works again ", Seconds(absl::Now() - freed),
                   " after there was room"));
  EndTraffic();
  ExpectExactLedger(fleet(), kOutput);
  Saw("usage exact");
  // The fleet is on it.
  EndFleet();
}

class ClockFailureTest : public MachineScenario {
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
  ExpectExactLedger(fleet(), kOutput);
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
  // Its third is nobody's while its lease lasts, 10 s, and its bucket fills
  // meanwhile.
  ExpectLimitHeld({.least = 0.6, .beyond = kRpm / 60.0 / 3 * 10});
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
