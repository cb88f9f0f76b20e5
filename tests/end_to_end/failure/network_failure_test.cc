// Promise: the way between nodes and the control plane may break, and the
// control plane may come and go with all of its nodes at once: clients see
// nothing of it.

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/failure/failure_scenario.h"
#include "tests/end_to_end/failure/own_network.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/private_network.h"
#include "tests/end_to_end/harness/process.h"
#include "tests/end_to_end/harness/server.h"

namespace weir::testing {
namespace {

class NetworkFailureTest : public FailureScenario {
 protected:
  std::string GrpcAddress() { return fleet().control_plane().address("grpc"); }
  double Connected() {
    return fleet().SumMetric("weir_control_plane_connected");
  }
  // Whether no node sends p3 anything, nor would after a word of the control
  // plane.
  bool NobodyAsksP3() {
    for (int node = 0; node < fleet().nodes(); ++node) {
      if (fleet().WeightAt(fleet().Ops(node), "gpt-4.1", "p3") != 0) {
        return false;
      }
    }
    return true;
  }
};

TEST_F(NetworkFailureTest, Cut) {
  if (!OwnNetwork().ok()) GTEST_SKIP() << OwnNetwork();
  ASSERT_NO_FATAL_FAILURE(Begin("network cut", {.nodes = 2}));
  ASSERT_NO_FATAL_FAILURE(StartTraffic());
  Done(
      "packets between nodes and control plane dropped; a provider begins to "
      "fail meanwhile; healed");
  const std::string& address = GrpcAddress();
  std::optional<PacketLoss> cut(address.substr(address.rfind(':') + 1));
  ASSERT_TRUE(cut->status().ok()) << cut->status();
  const absl::Time begin = absl::Now();
  ASSERT_TRUE(fleet().Control(2, R"({"status":{"code":500}})").ok());
  EXPECT_TRUE(Eventually([&] { return Connected() == 0; }, kPatience))
      << fleet().Logs();
  const absl::Duration noticed = absl::Now() - begin;
  EXPECT_LT(noticed, absl::Seconds(36));
  EXPECT_FALSE(NobodyAsksP3()) << "who told them?";
  Saw(absl::StrCat("noticed after ", Seconds(noticed)));
  ASSERT_TRUE(LetTrafficGoOn(500));

  cut.reset();
  const absl::Time healed = absl::Now();
  EXPECT_TRUE(
      Eventually([&] { return Connected() == 2 && NobodyAsksP3(); }, kPatience))
      << fleet().Logs();
  Saw(absl::StrCat("after it healed all nodes had the weights of now in ",
                   Seconds(absl::Now() - healed)));
}

TEST_F(NetworkFailureTest, MassReconnect) {
  constexpr int kSimulated = 400;
  constexpr int kTimes = 3;
  ASSERT_NO_FATAL_FAILURE(Begin("mass reconnect", {.nodes = 2}));
  ASSERT_NO_FATAL_FAILURE(StartTraffic());
  Done(absl::StrCat("control plane killed and started ", kTimes,
                    " times, with ", kSimulated,
                    " more nodes that come back all at once"));
  auto others =
      Process::Start({.program = BinaryFolder() / "fleet-bench",
                      .arguments = {"--control-plane", GrpcAddress(), "--nodes",
                                    absl::StrCat(kSimulated), "--changes", "0",
                                    "--returns", absl::StrCat(kTimes + 1)}},
                     fleet().folder() / "fleet.log");
  ASSERT_TRUE(others.ok()) << others.status();
  const auto lines = [&] {
    const std::string said = (*others)->Output();
    return std::count(said.begin(), said.end(), '\n');
  };
  const auto all_there = [&] {
    return fleet().ControlPlaneMetric(0, "weir_nodes_connected") ==
           kSimulated + 2;
  };
  absl::Duration longest;
  for (int time = 0; time < kTimes; ++time) {
    ASSERT_TRUE(Eventually([&] { return lines() == time + 1 && all_there(); },
                           kPatience))
        << (*others)->Output();
    fleet().control_plane().Kill();
    const absl::Time killed = absl::Now();
    ASSERT_TRUE(fleet().control_plane().Start().ok());
    ASSERT_TRUE(Eventually(all_there, kPatience)) << (*others)->Output();
    longest = std::max(longest, absl::Now() - killed);
  }
  EXPECT_EQ(fleet().ControlPlaneMetric(0, "weir_streams_refused_total"), 0);
  Saw(absl::StrCat("all ", kSimulated + 2, " back at most ", Seconds(longest),
                   " after the kill"));
}

TEST_F(NetworkFailureTest, ControlPlaneFlaps) {
  constexpr int kTimes = 8;
  ASSERT_NO_FATAL_FAILURE(Begin("control plane flaps", {.nodes = 4}));
  ASSERT_NO_FATAL_FAILURE(StartTraffic({.rate = 30}));
  Done(absl::StrCat("killed ", kTimes,
                    " times, each as soon as it listened and traffic had gone "
                    "on for a second"));
  for (int time = 0; time < kTimes; ++time) {
    fleet().control_plane().Kill();
    ASSERT_TRUE(fleet().control_plane().Start().ok());
    ASSERT_TRUE(LetTrafficGoOn(120));
  }
  const absl::Time begin = absl::Now();
  EXPECT_TRUE(Eventually([&] { return Connected() == 4; }, kPatience))
      << fleet().Logs();
  Saw(absl::StrCat("all nodes connected ", Seconds(absl::Now() - begin),
                   " after the last"));
}

TEST_F(NetworkFailureTest, ANodeThatReadsNothing) {
  ASSERT_NO_FATAL_FAILURE(Begin("one node reads nothing", {.nodes = 3}));
  // Not the frozen one's: its clients wait as long as it does.
  ASSERT_NO_FATAL_FAILURE(
      StartTraffic({.addresses = {fleet().Api(0), fleet().Api(1)}}));
  Done("SIGSTOP of one node of three until the control plane gives it up");
  fleet().node(2).Signal(SIGSTOP);
  const auto weight = [&](int node) {
    return fleet().WeightAt(fleet().Ops(node), "gpt-4.1", "p3");
  };
  ASSERT_TRUE(fleet().Control(2, R"({"status":{"code":500}})").ok());
  const absl::Time failed = absl::Now();
  EXPECT_TRUE(Eventually([&] { return weight(0) == 0 && weight(1) == 0; }));
  const absl::Duration converged = absl::Now() - failed;
  EXPECT_LT(converged, absl::Seconds(3));
  Saw(absl::StrCat("the others follow a failed provider within ",
                   Seconds(converged)));
  EXPECT_TRUE(Eventually(
      [&] {
        return fleet().ControlPlaneMetric(0, "weir_nodes_connected") == 2;
      },
      kPatience))
      << fleet().Logs();
  Saw(absl::StrCat("given up after ", Seconds(absl::Now() - failed)));
  fleet().node(2).Signal(SIGCONT);
  const absl::Time awake = absl::Now();
  EXPECT_TRUE(Eventually([&] { return weight(2) == 0; }, kPatience))
      << fleet().Logs();
  Saw(absl::StrCat("in step ", Seconds(absl::Now() - awake),
                   " after it went on"));
}

}  // namespace
}  // namespace weir::testing
