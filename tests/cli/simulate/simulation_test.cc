#include "cli/simulate/simulation.h"

#include <cmath>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/simulate/sample.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::simulate {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr double kTiny = 1e-6;

auto Near(double a, double b) {
  return ElementsAre(DoubleNear(a, kTiny), DoubleNear(b, kTiny));
}

TEST(SimulationTest, WhereAllIsWellBaseWeightsDecide) {
  config::v1::Resources resources = TwoProviders();
  resources.mutable_models(0)->mutable_targets(0)->set_weight(3);
  EXPECT_THAT(SharesOf(Simulated(ScenarioOf(resources))), Near(0.75, 0.25));
}

TEST(SimulationTest, ASlowTargetsScoreCounts) {
  // 0.3 * (100 - 100 / 5) + 70 = 94, and 0.3 * 0 + 70 = 70.
  const auto simulation =
      Simulated(ScenarioOf(TwoProviders(), "m", {.slow = {"b=500ms"}}));
  EXPECT_THAT(SharesOf(simulation), Near(94.0 / 164, 70.0 / 164));
  EXPECT_NEAR(absl::ToDoubleMilliseconds(
                  config::ToDuration(simulation.parts(0).latency())),
              (94.0 * 100 + 70.0 * 500) / 164, 1e-3);
}

TEST(SimulationTest, WhatIsDownGetsNothing) {
  const auto simulation =
      Simulated(ScenarioOf(TwoProviders(), "m", {.down = {"a"}}));
  EXPECT_THAT(SharesOf(simulation), Near(0, 1));
  EXPECT_EQ(simulation.parts(0).targets(0).state(),
            routing::v1::TARGET_STATE_UNHEALTHY);
}

TEST(SimulationTest, WhereAllIsDownHealthIsIgnoredAndThatIsSaid) {
  const auto simulation =
      Simulated(ScenarioOf(TwoProviders(), "m", {.down = {"a", "b"}}));
  EXPECT_THAT(SharesOf(simulation), Near(0.5, 0.5));
  EXPECT_THAT(simulation.notes(0), HasSubstr("model m: too few targets"));
}

TEST(SimulationTest, AFallbackServesWhereNoTargetIsUsable) {
  config::v1::Resources resources = TwoProviders();
  resources.mutable_models(1)->add_fallback("only-b");
  const auto simulation =
      Simulated(ScenarioOf(resources, "only-a", {.down = {"a"}}));
  EXPECT_EQ(simulation.parts(0).model(), "only-a");
  EXPECT_EQ(simulation.parts(0).targets(0).model(), "only-b");
  EXPECT_THAT(SharesOf(simulation), ElementsAre(1));
}

TEST(SimulationTest, WhatNobodyServesIsCalledThat) {
  config::v1::Resources resources = TwoProviders();
  resources.mutable_models(1)->mutable_targets(0)->set_mode(
      config::v1::MODE_DRAINING);
  const auto simulation = Simulated(ScenarioOf(resources, "only-a"));
  EXPECT_TRUE(simulation.parts(0).unserved());
  EXPECT_FALSE(simulation.parts(0).has_latency());
}

TEST(SimulationTest, CostsAreOfThirtyDays) {
  config::v1::Resources resources = TwoProviders();
  resources.mutable_models(0)->set_strategy(config::v1::STRATEGY_LOWEST_COST);
  Scenario scenario = ScenarioOf(resources);
  scenario.requests_per_second = 10;
  // At b: (1000 * 1 + 300 * 4) / 1e6 dollars for each of 25,920,000 requests.
  const auto simulation = Simulated(scenario);
  EXPECT_THAT(SharesOf(simulation), Near(0, 1));
  EXPECT_NEAR(simulation.cost_month_usd(), 0.0022 * 25'920'000, 1e-3);
}

TEST(SimulationTest, ACostThatIsNotKnownIsNotInventedAndNeededOnlyWhereUsed) {
  config::v1::Resources resources = TwoProviders();
  resources.mutable_models(0)->mutable_targets(0)->clear_price();
  EXPECT_FALSE(Simulated(ScenarioOf(resources)).has_cost_month_usd());
  EXPECT_TRUE(Simulated(ScenarioOf(resources, "m", {.down = {"a"}}))
                  .has_cost_month_usd());
}

TEST(SimulationTest, ARoutesModelServes) {
  config::v1::Resources resources = TwoProviders(
      "models { name: 'auto' routes { simple: 'only-b' } "
      "targets { provider: 'a' } }");
  EXPECT_EQ(
      Simulated(ScenarioOf(resources, "auto")).parts(0).targets(0).model(),
      "only-b");
  Scenario hard = ScenarioOf(resources, "auto");
  hard.parts[0].complexity = config::v1::COMPLEXITY_COMPLEX;
  EXPECT_EQ(Simulated(hard).parts(0).targets(0).model(), "auto");
}

TEST(SimulationTest, TargetsOfAnotherComplexityGetNothing) {
  config::v1::Resources resources = TwoProviders();
  resources.mutable_models(0)->mutable_targets(0)->add_complexity(
      config::v1::COMPLEXITY_COMPLEX);
  EXPECT_THAT(SharesOf(Simulated(ScenarioOf(resources))), Near(0, 1));
}

TEST(SimulationTest, ARegionHasItsOwnWeights) {
  config::v1::Resources resources = TwoProviders();
  resources.mutable_models(0)->set_strategy(config::v1::STRATEGY_PROXIMITY);
  Scenario scenario = ScenarioOf(resources);
  scenario.parts[0].region = "us";
  EXPECT_THAT(SharesOf(Simulated(scenario)), Near(0, 1));
  scenario.parts[0].region = "eu";
  EXPECT_THAT(SharesOf(Simulated(scenario)), Near(1, 0));
}

TEST(SimulationTest, ALimitTakesWeightFromWhatWouldBreakIt) {
  Scenario scenario =
      ScenarioOf(TwoProviders(), "m", {.rate_limit = {"a=60rpm"}});
  scenario.requests_per_second = 2;
  const auto simulation = Simulated(scenario);
  // Of 120 requests a minute a share s leaves 1 - 2s of the limit, which below
  // a fifth is the factor f = 5 (1 - 2s) of a's weight; s = f / (1 + f) has the
  // solution 10 s^2 - 16 s + 5 = 0.
  EXPECT_NEAR(SharesOf(simulation)[0], (16 - std::sqrt(56.0)) / 20, 1e-4);
  ASSERT_EQ(simulation.limits_size(), 1);
  EXPECT_EQ(simulation.limits(0).limit(), "max_rpm");
  EXPECT_NEAR(simulation.limits(0).asked(), 120 * 0.42583, 0.1);
  EXPECT_FALSE(simulation.limits(0).breaks());
}

TEST(SimulationTest, WhereNobodyElseIsTheLimitBreaks) {
  Scenario scenario =
      ScenarioOf(TwoProviders(), "only-a", {.rate_limit = {"a=60rpm"}});
  scenario.requests_per_second = 2;
  const auto simulation = Simulated(scenario);
  EXPECT_NEAR(simulation.limits(0).asked(), 120, kTiny);
  EXPECT_TRUE(simulation.limits(0).breaks());
}

TEST(SimulationTest, TokensAndRequestsInFlightHaveLimitsToo) {
  config::v1::Resources resources = TwoProviders();
  config::v1::Limits& limits =
      *resources.mutable_providers(0)->mutable_limits();
  limits.set_max_tpm(1'000'000);
  limits.set_max_concurrent(1);
  Scenario scenario = ScenarioOf(resources, "only-a");
  scenario.requests_per_second = 15;
  const auto simulation = Simulated(scenario);
  ASSERT_EQ(simulation.limits_size(), 2);
  // 15 a second of 1300 tokens; 15 a second that take 0.1 s.
  EXPECT_NEAR(simulation.limits(0).asked(), 15 * 60 * 1300, kTiny);
  EXPECT_TRUE(simulation.limits(0).breaks());
  EXPECT_NEAR(simulation.limits(1).asked(), 1.5, kTiny);
  EXPECT_TRUE(simulation.limits(1).breaks());
}

TEST(SimulationTest, ADeadGroupIsLeftForTheNext) {
  config::v1::Resources resources =
      TwoProviders("policy { group_order: 'relay' group_order: 'direct' }");
  resources.mutable_providers(0)->set_group("relay");
  resources.mutable_providers(1)->set_group("direct");
  EXPECT_THAT(SharesOf(Simulated(ScenarioOf(resources))), Near(1, 0));
  const auto switched = Simulated(ScenarioOf(resources, "m", {.down = {"a"}}));
  EXPECT_THAT(SharesOf(switched), Near(0, 1));
  EXPECT_THAT(switched.notes(0), HasSubstr("emergency group direct is active"));
}

TEST(SimulationTest, APartHasItsPartOfTheRequests) {
  Scenario scenario = ScenarioOf(TwoProviders());
  scenario.requests_per_second = 8;
  scenario.parts.push_back(scenario.parts[0]);
  scenario.parts[0].share = 0.75;
  scenario.parts[1].share = 0.25;
  const auto simulation = Simulated(scenario);
  EXPECT_DOUBLE_EQ(simulation.parts(0).requests_per_second(), 6);
  EXPECT_DOUBLE_EQ(simulation.parts(1).targets(0).requests_per_second(), 1);
  EXPECT_THAT(simulation.notes(), IsEmpty());
}

}  // namespace
}  // namespace weir::simulate
