#include "controlplane/model_views.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/health/evidence.h"
#include "controlplane/scoreboard.h"
#include "gtest/gtest.h"
#include "tests/controlplane/scoreboard_fixture.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {
namespace {

constexpr absl::Duration kTick = absl::Milliseconds(200);

// Models m, at a, b and c, and n, at a alone, in which nothing goes on.
class ModelViewsTest : public ScoreboardTest {
 protected:
  ModelViewsTest() { Rest(TwoModels()); }

  static config::v1::Resources TwoModels() {
    config::v1::Resources resources = Parse(kThreeProviders);
    config::v1::Model& other = *resources.add_models();
    other.set_name("n");
    other.add_targets()->set_provider("a");
    return resources;
  }
  void Rest(const config::v1::Resources& resources) {
    Configure(resources);
    AllWork();
    scoreboard_.OnProbe(MakeTargetId("a", "n"),
                        {absl::OkStatus(), absl::Milliseconds(100)});
    Tick(absl::Seconds(1));
  }

  // Whether each model's view is the one of a tick before.
  std::vector<bool> Shared() {
    const std::shared_ptr<const FleetView> before = scoreboard_.View();
    Tick(kTick);
    const std::shared_ptr<const FleetView> after = scoreboard_.View();
    std::vector<bool> shared;
    for (std::size_t i = 0; i < after->models.size(); ++i) {
      shared.push_back(after->models[i].IsSame(before->models[i]));
    }
    return shared;
  }
};

TEST_F(ModelViewsTest, OnlyWhatHasNewsIsMadeAnew) {
  EXPECT_EQ(Shared(), (std::vector{true, true}));
  Probe("b", {absl::OkStatus(), absl::Milliseconds(90)});
  EXPECT_EQ(Shared(), (std::vector{false, true}));
  EXPECT_EQ(View("b").latency_history.size(), 2u);
  EXPECT_EQ(Shared(), (std::vector{true, true}));
}

TEST_F(ModelViewsTest, WhatTheRegistrySaysIsMadeAnew) {
  const std::shared_ptr<const FleetView> before = scoreboard_.View();
  Configure(TwoModels());
  const std::shared_ptr<const FleetView> after = scoreboard_.View();
  EXPECT_FALSE(after->models[1].IsSame(before->models[1]));
}

TEST_F(ModelViewsTest, ARampGoesOnWithoutNews) {
  for (int i = 0; i < 2; ++i) Fails("b");
  for (int i = 0; i < 2; ++i) Works("b");
  Tick(kTick);
  const double weight = View("b").weight;
  Tick(absl::Seconds(5));
  EXPECT_GT(View("b").weight, weight + 0.01);
  EXPECT_EQ(Shared(), (std::vector{false, true}));
}

// A fifth in a second, however long nothing moved before.
TEST_F(ModelViewsTest, StepsAreAsSmallAfterARest) {
  config::v1::Resources resources = TwoModels();
  resources.mutable_models(0)->set_strategy(config::v1::STRATEGY_LEAST_LATENCY);
  Rest(resources);
  Tick(absl::Seconds(5));
  const double weight = View("b").weight;
  for (int i = 0; i < 5; ++i) {
    Probe("b", {absl::OkStatus(), absl::Seconds(2)});
  }
  Tick(kTick);
  EXPECT_LT(View("b").weight, weight);
  EXPECT_GE(View("b").weight, weight - 0.2 * 0.2 - 1e-9);
}

TEST_F(ModelViewsTest, APriceThatChangesShowsAtItsTime) {
  config::v1::Resources resources = TwoModels();
  resources.mutable_models(0)->set_strategy(config::v1::STRATEGY_LOWEST_COST);
  for (const char* provider : {"a", "b", "c"}) {
    config::v1::DatedPrice& dated = *resources.add_prices();
    dated.set_provider(provider);
    dated.set_model("m");
    dated.mutable_price()->set_input(1);
  }
  config::v1::DatedPrice& later = *resources.add_prices();
  later.set_provider("b");
  later.set_model("m");
  later.mutable_price()->set_input(100);
  later.mutable_effective_from()->set_seconds(
      absl::ToUnixSeconds(clock_.WallNow() + absl::Seconds(4)));
  Rest(resources);
  EXPECT_NEAR(View("b").weight, 1. / 3, 1e-9);
  EXPECT_EQ(Shared(), (std::vector{true, true}));
  Tick(absl::Seconds(5));
  EXPECT_LT(View("b").weight, 0.3);
}

TEST_F(ModelViewsTest, ARegionThatANodeIsInGetsWeights) {
  config::v1::Resources resources = TwoModels();
  resources.mutable_models(0)->set_strategy(config::v1::STRATEGY_PROXIMITY);
  Rest(resources);
  EXPECT_TRUE(Model().regions.empty());
  NodeReport report;
  report.boot_id = 1;
  report.region = "moon";
  scoreboard_.OnReport(NodeId{"n"}, report);
  scoreboard_.Tick();
  ASSERT_EQ(Model().regions.size(), 1u);
  EXPECT_EQ(Model().regions[0].region, "moon");
}

}  // namespace
}  // namespace weir::controlplane
