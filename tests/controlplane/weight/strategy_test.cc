#include "controlplane/weight/strategy.h"

#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "controlplane/weight/balanced.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/least_latency.h"
#include "controlplane/weight/lowest_cost.h"
#include "controlplane/weight/priority.h"
#include "controlplane/weight/proximity.h"
#include "controlplane/weight/weighted.h"
#include "gtest/gtest.h"
#include "weir/config/v1/model.pb.h"

namespace weir::controlplane {
namespace {

TEST(StrategyTest, WeightedIsWeightedAndTheDefault) {
  EXPECT_EQ(StrategyFor(config::v1::STRATEGY_WEIGHTED), &Weighted);
  EXPECT_EQ(StrategyFor(config::v1::STRATEGY_UNSPECIFIED), &Weighted);
  EXPECT_EQ(StrategyFor(config::v1::STRATEGY_LEAST_LATENCY), &LeastLatency);
  EXPECT_EQ(StrategyFor(config::v1::STRATEGY_LOWEST_COST), &LowestCost);
  EXPECT_EQ(StrategyFor(config::v1::STRATEGY_PRIORITY), &Priority);
  EXPECT_EQ(StrategyFor(config::v1::STRATEGY_PROXIMITY), &Proximity);
  EXPECT_EQ(StrategyFor(config::v1::STRATEGY_BALANCED), &Balanced);
}

// Two candidates that differ in everything a region can change.
TEST(StrategyTest, OnlyThoseThatDependOnTheRegionSeeIt) {
  for (int i = config::v1::Strategy_MIN; i <= config::v1::Strategy_MAX; ++i) {
    const auto named = static_cast<config::v1::Strategy>(i);
    std::vector<Candidate> near(2);
    near[0].region = "eu";
    near[0].latency = absl::Milliseconds(50);
    near[1].region = "us";
    near[1].latency = absl::Milliseconds(200);
    std::vector<Candidate> far = near;
    std::swap(far[0].latency, far[1].latency);
    const bool same = StrategyFor(named)(near, {"eu", {}}) ==
                      StrategyFor(named)(far, {"us", {}});
    EXPECT_EQ(same, !DependsOnRegion(named)) << i;
  }
}

TEST(StrategyTest, NoNameIsWithoutAFunction) {
  for (int i = config::v1::Strategy_MIN; i <= config::v1::Strategy_MAX; ++i) {
    EXPECT_NE(StrategyFor(static_cast<config::v1::Strategy>(i)), nullptr) << i;
  }
}

}  // namespace
}  // namespace weir::controlplane
