#include "controlplane/notable_change.h"

#include <functional>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "controlplane/health/target_state.h"
#include "controlplane/scoreboard.h"
#include "gtest/gtest.h"
#include "tests/controlplane/edit_view.h"

namespace weir::controlplane {
namespace {

FleetView Told() {
  TargetView target;
  target.provider = "p";
  target.upstream_model = "m";
  target.state = TargetState::kHealthy;
  target.score = 90;
  target.weight = 0.5;
  target.rank = 0;
  target.latency = absl::Milliseconds(100);
  target.success_rate = 0.9;
  FleetView view;
  view.weights_ttl = absl::Seconds(60);
  view.models.push_back(
      ModelView{"m", config::v1::MODE_ENABLED, true, false, {target}, {}});
  return view;
}

struct ChangeCase {
  std::string name;
  std::function<void(TargetView&)> change;
  bool notable;
};

class NotableTargetTest : public ::testing::TestWithParam<ChangeCase> {};

TEST_P(NotableTargetTest, FollowsTheTable) {
  FleetView now = Told();
  GetParam().change(Edit(now.models[0]).targets[0]);
  EXPECT_EQ(NotablyDiffers(Told(), now), GetParam().notable);
  EXPECT_EQ(NotablyDiffers(now, Told()), GetParam().notable) << "reverse";
}

INSTANTIATE_TEST_SUITE_P(
    Table, NotableTargetTest,
    ::testing::ValuesIn<ChangeCase>({
        {"Nothing", [](TargetView&) {}, false},
        {"State", [](auto& target) { target.state = TargetState::kDegraded; },
         true},
        {"LittleWeight", [](auto& target) { target.weight = 0.509; }, false},
        {"Weight", [](auto& target) { target.weight = 0.51; }, true},
        {"LittleScore", [](auto& target) { target.score = 91.9; }, false},
        {"Score", [](auto& target) { target.score = 92; }, true},
        {"NoScore", [](auto& target) { target.score = std::nullopt; }, true},
        {"RankAlone", [](auto& target) { target.rank = 1; }, false},
        {"LittleLatency",
         [](auto& target) { target.latency = absl::Milliseconds(124); }, false},
        {"Latency",
         [](auto& target) { target.latency = absl::Milliseconds(126); }, true},
        {"P95Alone",
         [](auto& target) { target.latency_p95 = absl::Seconds(9); }, false},
        {"SuccessRate", [](auto& target) { target.success_rate = 0.88; }, true},
        {"Failures", [](auto& target) { target.consecutive_failures = 1; },
         true},
        {"Error", [](auto& target) { target.last_error = "HTTP 500"; }, true},
        {"Breakers", [](auto& target) { target.breakers_open = 1; }, true},
        {"TimeOfSuccess",
         [](auto& target) { target.last_success = absl::FromUnixSeconds(1); },
         false},
        {"Reserve", [](auto& target) { target.reserve = true; }, true},
        {"Name", [](auto& target) { target.provider = "q"; }, true},
    }),
    [](const auto& each) { return each.param.name; });

TEST(NotableChangeTest, ACredentialsStateIsNotableAndTheCostOfProbesIsNot) {
  FleetView told = Told();
  told.providers = {{.provider = "p", .credentials = {{.reference = "env:A"}}}};
  FleetView now = told;
  now.providers[0].probe_cost_today_usd = 1;
  now.providers[0].probes_today = 1;
  EXPECT_FALSE(NotablyDiffers(told, now));
  now.providers[0].credentials[0].state = CredentialState::kRefused;
  EXPECT_TRUE(NotablyDiffers(told, now));
}

TEST(NotableChangeTest, TheLastOfAWeightIsNotable) {
  FleetView told = Told();
  Edit(told.models[0]).targets[0].weight = 0.005;
  FleetView now = told;
  Edit(now.models[0]).targets[0].weight = 0;
  EXPECT_TRUE(NotablyDiffers(told, now));
}

TEST(NotableChangeTest, AWeightInOneRegionIsNotable) {
  FleetView told = Told();
  Edit(told.models[0]).regions = {{"eu", {{0.5, 0, absl::Milliseconds(90)}}}};
  FleetView now = told;
  Edit(now.models[0]).regions[0].targets[0].latency = absl::Milliseconds(900);
  Edit(now.models[0]).regions[0].targets[0].weight = 0.509;
  EXPECT_FALSE(NotablyDiffers(told, now));
  Edit(now.models[0]).regions[0].targets[0].weight = 0.51;
  EXPECT_TRUE(NotablyDiffers(told, now));
  EXPECT_TRUE(NotablyDiffers(Told(), told)) << "a region that is new";
}

TEST(NotableChangeTest, WhatHappensToModelsIsNotable) {
  FleetView now = Told();
  Edit(now.models[0]).panic = true;
  EXPECT_TRUE(NotablyDiffers(Told(), now));
  now = Told();
  Edit(now.models[0]).usable = false;
  EXPECT_TRUE(NotablyDiffers(Told(), now));
  now = Told();
  Edit(now.models[0]).mode = config::v1::MODE_DRAINING;
  EXPECT_TRUE(NotablyDiffers(Told(), now));
  now = Told();
  now.models.push_back(now.models[0]);
  EXPECT_TRUE(NotablyDiffers(Told(), now));
  now = Told();
  now.weights_ttl = absl::Seconds(61);
  EXPECT_TRUE(NotablyDiffers(Told(), now));
}

TEST(LosesTrafficTest, OnlyTheLastOfAWeight) {
  FleetView now = Told();
  EXPECT_FALSE(LosesTraffic(Told(), now));
  Edit(now.models[0]).targets[0].weight = 0.001;
  EXPECT_FALSE(LosesTraffic(Told(), now));
  Edit(now.models[0]).targets[0].weight = 0;
  EXPECT_TRUE(LosesTraffic(Told(), now));
  EXPECT_FALSE(LosesTraffic(now, Told())) << "it gains";
  FleetView same = now;
  Edit(same.models[0]);
  EXPECT_FALSE(LosesTraffic(now, same)) << "it had none";
}

TEST(LosesTrafficTest, InOneRegionIsEnough) {
  FleetView told = Told();
  Edit(told.models[0]).regions = {{"eu", {{0.5, 0, absl::Milliseconds(90)}}}};
  FleetView now = told;
  Edit(now.models[0]).regions[0].targets[0].weight = 0;
  EXPECT_TRUE(LosesTraffic(told, now));
}

TEST(LosesTrafficTest, AnotherShapeIsNoLoss) {
  FleetView told = Told();
  told.models.push_back(told.models[0]);
  FleetView now = Told();
  Edit(now.models[0]).targets[0].weight = 0;
  EXPECT_FALSE(LosesTraffic(told, now));
}

}  // namespace
}  // namespace weir::controlplane
