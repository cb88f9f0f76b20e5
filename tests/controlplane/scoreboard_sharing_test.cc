// What strategies, regions, ceilings and rate limits make of what is known.
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/health/evidence.h"
#include "controlplane/health/target_state.h"
#include "controlplane/scoreboard.h"
#include "gtest/gtest.h"
#include "tests/controlplane/scoreboard_fixture.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {
namespace {

TEST_F(ScoreboardTest, ThePolicysCeilingHoldsWhereTheTargetsIsHigher) {
  config::v1::Resources resources = Parse(kThreeProviders);
  config::v1::Model& model = *resources.mutable_models(0);
  resources.mutable_policy()->mutable_latency_p95_ceiling()->set_nanos(
      150'000'000);
  model.mutable_targets(0)->mutable_max_latency()->set_seconds(1);
  model.mutable_targets(1)->mutable_max_latency()->set_nanos(50'000'000);
  Configure(resources);
  AllWork();
  EXPECT_EQ(View("a").state, TargetState::kHealthy);
  EXPECT_TRUE(View("b").latency_over.has_value())
      << "100 ms is more than its own 50";
  EXPECT_EQ(View("c").state, TargetState::kHealthy);
  for (int i = 0; i < 3; ++i) {
    Probe("a", {absl::OkStatus(), absl::Milliseconds(200)});
  }
  scoreboard_.Tick();
  EXPECT_TRUE(View("a").latency_over.has_value())
      << "200 ms is more than the policy's 150";
  EXPECT_EQ(View("a").state, TargetState::kUnhealthy);
}

TEST_F(ScoreboardTest, TheLastTenLatenciesAndTheAverageOfFiveAreShown) {
  for (int i = 1; i <= 12; ++i) {
    Probe("a", {absl::OkStatus(), absl::Milliseconds(10 * i)});
  }
  scoreboard_.Tick();
  const TargetView view = View("a");
  ASSERT_EQ(view.latency_history.size(), 10u);
  EXPECT_EQ(view.latency_history.front(), absl::Milliseconds(120));
  // (80 + 90 + 100 + 110 + 120) / 5.
  EXPECT_EQ(view.latency_average, absl::Milliseconds(100));
}

TEST_F(ScoreboardTest, APausedTargetGetsNothingAndIsShownAsDegraded) {
  AllWork();
  Tick(absl::Seconds(1));
  NodeReport report = ReportOf(Target("b"));
  report.targets[0].pause = absl::Seconds(20);
  scoreboard_.OnReport(NodeId{"n"}, report);
  scoreboard_.Tick();
  EXPECT_EQ(View("b").weight, 0);
  EXPECT_EQ(View("b").allowance, 0);
  EXPECT_EQ(View("b").state, TargetState::kDegraded);
  EXPECT_NEAR(View("a").weight, 0.5, 1e-9);
}

TEST_F(ScoreboardTest, WhatIsLeftOfTheOperatorsLimitLowersTheWeight) {
  config::v1::Resources resources = Parse(kThreeProviders);
  resources.mutable_providers(1)->mutable_limits()->set_max_rpm(100);
  Configure(resources);
  AllWork();
  NodeReport report = ReportOf(Target("b"));
  report.targets[0].headroom = 0.9;
  scoreboard_.OnReport(NodeId{"n"}, report);
  clock_.Advance(absl::Seconds(1));
  report.targets[0].successes = 90;
  scoreboard_.OnReport(NodeId{"n"}, report);
  scoreboard_.Tick();
  // 90 of 100 requests were made: a tenth is left, which is half of a fifth.
  EXPECT_NEAR(*View("b").headroom, 0.1, 1e-9);
  EXPECT_NEAR(View("b").allowance, 0.5, 1e-9);
  EXPECT_EQ(View("a").headroom, std::nullopt);
}

TEST_F(ScoreboardTest, EachRegionHasItsOwnWeights) {
  config::v1::Resources resources = Parse(kThreeProviders);
  resources.mutable_models(0)->set_strategy(config::v1::STRATEGY_PROXIMITY);
  resources.mutable_providers(0)->set_region("eu");
  resources.mutable_providers(1)->set_region("us");
  resources.add_client_keys()->add_regions("asia");
  Configure(resources);
  AllWork();
  NodeReport report = ReportOf(Target("c"));
  report.region = "moon";
  scoreboard_.OnReport(NodeId{"n"}, report);
  scoreboard_.Tick();
  const ModelView model = Model();
  std::vector<std::string> regions;
  for (const RegionView& region : model.regions) {
    regions.push_back(region.region);
  }
  ASSERT_EQ(regions, (std::vector<std::string>{"asia", "eu", "moon", "us"}));
  EXPECT_NEAR(model.regions[1].targets[0].weight, 1, 1e-9) << "a, in eu";
  EXPECT_EQ(model.regions[1].targets[0].rank, 0u);
  EXPECT_NEAR(model.regions[3].targets[1].weight, 1, 1e-9) << "b, in us";
  EXPECT_NEAR(model.regions[0].targets[0].weight, 1. / 3, 1e-9);
  EXPECT_NEAR(View("a").weight, 1. / 3, 1e-9);

  scoreboard_.ForgetNodes({NodeId{"n"}});
  EXPECT_EQ(Model().regions.size(), 3u) << "nobody is on the moon any more";
}

TEST_F(ScoreboardTest, RegionsGoByWhatTheirNodesMeasured) {
  config::v1::Resources resources = Parse(kThreeProviders);
  resources.mutable_models(0)->set_strategy(config::v1::STRATEGY_LEAST_LATENCY);
  Configure(resources);
  AllWork();
  NodeReport far = ReportOf(Target("a"));
  far.region = "eu";
  NodeReport near = ReportOf(Target("a"));
  near.region = "us";
  scoreboard_.OnReport(NodeId{"n"}, far);
  scoreboard_.OnReport(NodeId{"o"}, near);
  clock_.Advance(absl::Seconds(1));
  far.targets[0].successes = near.targets[0].successes = 1;
  far.targets[0].latency.Add(absl::Milliseconds(900));
  near.targets[0].latency.Add(absl::Milliseconds(10));
  scoreboard_.OnReport(NodeId{"n"}, far);
  scoreboard_.OnReport(NodeId{"o"}, near);
  Tick(absl::Seconds(10));

  const ModelView model = Model();
  ASSERT_EQ(model.regions.size(), 2u);
  const auto& eu = model.regions[0].targets;
  const auto& us = model.regions[1].targets;
  // 10 + 1000 - 900 : 10 + 1000 - 100, twice; buckets are 10 % wide.
  EXPECT_NEAR(eu[0].weight, 110. / (110 + 910 + 910), 0.025);
  EXPECT_NEAR(us[0].weight, 1000. / (1000 + 910 + 910), 0.01);
  EXPECT_NEAR(absl::ToDoubleMilliseconds(*eu[0].latency), 900, 45);
  EXPECT_EQ(eu[1].latency, absl::Milliseconds(100)) << "the prober's";
  EXPECT_EQ(View("a").latency_by_region.size(), 2u);
}

TEST_F(ScoreboardTest, StrategiesThatLookAtNoRegionHaveOneSetOfWeights) {
  config::v1::Resources resources = Parse(kThreeProviders);
  resources.mutable_providers(0)->set_region("eu");
  Configure(resources);
  EXPECT_TRUE(Model().regions.empty());
}

TEST_F(ScoreboardTest, ANewStrategyHoldsAtOnce) {
  AllWork();
  Tick(absl::Seconds(1));
  config::v1::Resources resources = Parse(kThreeProviders);
  resources.mutable_models(0)->set_strategy(config::v1::STRATEGY_PRIORITY);
  Configure(resources);
  EXPECT_NEAR(View("a").weight, 1, 1e-9);
}

}  // namespace
}  // namespace weir::controlplane
