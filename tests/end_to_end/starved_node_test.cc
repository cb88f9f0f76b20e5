// Promise: a node that has too little of the machine says that it lives, serves
// what it can, and does not die of it.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/control_group.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/load.h"
#include "tests/end_to_end/harness/open_streams.h"

namespace weir::testing {
namespace {

// Outlives the fleet, whose node is in it.
class StarvedNodeTest : public ::testing::Test {
 protected:
  void Starve(ControlGroup::Limit limit, FleetOptions options) {
    auto group = ControlGroup::Make(limit);
    if (absl::IsPermissionDenied(group.status()) ||
        absl::IsNotFound(group.status())) {
      GTEST_SKIP() << group.status();
    }
    ASSERT_TRUE(group.ok()) << group.status();
    group_ = *std::move(group);
    fleet_ = std::make_unique<Fleet>(std::move(options));
    const absl::Status started = fleet_->Start();
    ASSERT_TRUE(started.ok()) << started;
    const absl::Status added = group_->Add(fleet_->node(0).pid());
    ASSERT_TRUE(added.ok()) << added;
  }

  std::unique_ptr<ControlGroup> group_;
  std::unique_ptr<Fleet> fleet_;
};

TEST_F(StarvedNodeTest, OfMemoryItHoldsTwoThousandStreams) {
  constexpr int kStreams = 2000;
  Starve(MemoryLimit{.bytes = std::uint64_t{256} << 20},
         {.nodes = 1,
          .providers = 1,
          .timeouts = "{connect: 1s, fast: 5s, normal: 5s, complex: 5s}",
          .provider_flags = {"--latency", "5ms", "--tokens", "10000",
                             "--tokens-per-second", "5"}});
  if (IsSkipped() || HasFatalFailure()) return;
  OpenStreams streams;
  ASSERT_NO_FATAL_FAILURE(streams.Open(*fleet_, kStreams, 4096));
  EXPECT_TRUE(Eventually(
      [&] {
        return fleet_->SumMetric("weir_streams_in_flight") == kStreams ||
               !fleet_->node(0).running();
      },
      absl::Seconds(30)));
  ASSERT_TRUE(fleet_->node(0).running()) << "the kernel killed the node";
  const absl::StatusOr<HttpAnswer> alive = Get(fleet_->Api(), "/health");
  ASSERT_TRUE(alive.ok()) << alive.status();
  EXPECT_EQ(alive->status, 200);

  streams.Close();
  EXPECT_TRUE(Eventually(
      [&] { return fleet_->SumMetric("weir_streams_in_flight") == 0; }));
  const absl::StatusOr<HttpAnswer> models =
      Send(fleet_->Api(),
           {.target = "/v1/models",
            .headers = {{"authorization", "Bearer " + fleet_->key()}}});
  ASSERT_TRUE(models.ok()) << models.status();
  EXPECT_EQ(models->status, 200);
}

// As a probe of Kubernetes' sees it: a new connection each time.
absl::Duration TimeOf(const std::string& address, const std::string& path) {
  const absl::Time begin = absl::Now();
  const absl::StatusOr<HttpAnswer> answer = Get(address, path);
  EXPECT_TRUE(answer.ok()) << path << ": " << answer.status();
  if (answer.ok()) {
    EXPECT_EQ(answer->status, 200) << path;
  }
  return absl::Now() - begin;
}

TEST_F(StarvedNodeTest, OfProcessorTimeItServesWhatItCan) {
  constexpr absl::Duration kLoad = absl::Seconds(60);
  constexpr std::size_t kMostLoads = 8;
  Starve(ProcessorLimit{.cores = 0.2}, {.nodes = 1, .providers = 1});
  if (IsSkipped() || HasFatalFailure()) return;
  // As much as it takes: machines differ.
  std::vector<std::unique_ptr<Load>> loads;
  const auto sheds = [&] {
    return fleet_->SumMetric("weir_shed_ratio") > 0.05;
  };
  do {
    ASSERT_LT(loads.size(), kMostLoads) << "a starved node took all";
    auto load = Load::Start(
        {.address = fleet_->Api(),
         .key = fleet_->key(),
         .rate = 4000,
         .streams = 0.1,
         .duration = kLoad},
        fleet_->folder() / absl::StrCat("load-", loads.size(), ".log"));
    ASSERT_TRUE(load.ok()) << load.status();
    loads.push_back(*std::move(load));
  } while (!Eventually(sheds, absl::Seconds(3)));
  std::vector<absl::Duration> health;
  std::vector<absl::Duration> alive;
  for (int i = 0; i < 20; ++i) {
    health.push_back(TimeOf(fleet_->Api(), "/health"));
    alive.push_back(TimeOf(fleet_->Ops(), "/livez"));
  }
  LoadReport report;
  for (const auto& load : loads) {
    load->End();
    const auto one = load->Finish();
    ASSERT_TRUE(one.ok()) << one.status();
    report += *one;
  }
  std::sort(health.begin(), health.end());
  std::sort(alive.begin(), alive.end());
  std::cout << "/health: median " << health[10] << ", longest " << health.back()
            << "; /livez: median " << alive[10] << ", longest " << alive.back()
            << "\n"
            << report.text;
  EXPECT_LT(health[10], absl::Milliseconds(500));
  EXPECT_LT(alive[10], absl::Milliseconds(500));
  EXPECT_GT(report.succeeded, 0);
  EXPECT_EQ(report.cut_silently, 0);

  // Nobody is refused when the load is gone.
  EXPECT_TRUE(
      Eventually([&] { return fleet_->SumMetric("weir_shed_ratio") == 0; },
                 absl::Seconds(10)));
}

}  // namespace
}  // namespace weir::testing
