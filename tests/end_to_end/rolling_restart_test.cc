// Promise: nodes are rolled at any hour. Behind a balancer that asks for
// /health/full, a restart of each node in turn loses no request and cuts no
// stream.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/haproxy.h"
#include "tests/end_to_end/harness/load.h"

namespace weir::testing {
namespace {

constexpr int kNodes = 3;

TEST(RollingRestartTest, LosesNothing) {
  // Streams take 0.8 s; HAProxy asks every half second, so that it knows of a
  // drain in less than the delay after which the node stops accepting.
  Fleet fleet({.nodes = kNodes,
               .providers = 2,
               .node_flags = {"--drain-delay", "2s", "--drain-timeout", "20s"},
               .provider_flags = {"--latency", "5ms", "--tokens", "40",
                                  "--tokens-per-second", "50"}});
  const absl::Status started = fleet.Start();
  ASSERT_TRUE(started.ok()) << started;
  std::vector<std::string> addresses;
  for (int node = 0; node < kNodes; ++node) {
    addresses.push_back(fleet.Api(node));
  }
  const auto proxy = HaProxy::Start(addresses, fleet.folder());
  ASSERT_TRUE(proxy.ok()) << proxy.status();
  const auto load = Load::Start({.address = (*proxy)->address(),
                                 .key = fleet.key(),
                                 .rate = 100,
                                 .duration = absl::Seconds(20)},
                                fleet.folder() / "load.json");
  ASSERT_TRUE(load.ok()) << load.status();

  for (int node = 0; node < kNodes; ++node) {
    fleet.node(node).Terminate();
    const absl::StatusOr<int> code =
        fleet.node(node).WaitForEnd(absl::Seconds(25));
    ASSERT_TRUE(code.ok()) << code.status();
    EXPECT_EQ(*code, 0) << fleet.node(node).LastLines();
    const absl::Status restarted = fleet.node(node).Start();
    ASSERT_TRUE(restarted.ok()) << restarted;
    ASSERT_TRUE(Eventually([&] { return (*proxy)->HealthyNodes() == kNodes; }));
  }

  const absl::StatusOr<LoadReport> report = (*load)->Finish();
  ASSERT_TRUE(report.ok()) << report.status();
  std::printf(
      "%d nodes restarted under %d requests: %d succeeded, %d failed, %d cut, "
      "%d ended by an error event\n",
      kNodes, report->sent, report->succeeded, report->failed,
      report->cut_silently, report->ended_by_error_event);
  EXPECT_GT(report->sent, 1000);
  EXPECT_EQ(report->succeeded, report->sent) << report->text;
}

}  // namespace
}  // namespace weir::testing
