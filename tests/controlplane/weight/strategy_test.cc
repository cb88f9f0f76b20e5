#include "controlplane/weight/strategy.h"

#include "controlplane/weight/weighted.h"
#include "gtest/gtest.h"
#include "weir/config/v1/model.pb.h"

namespace weir::controlplane {
namespace {

TEST(StrategyTest, WeightedIsWeightedAndTheDefault) {
  EXPECT_EQ(StrategyFor(config::v1::STRATEGY_WEIGHTED), &Weighted);
  EXPECT_EQ(StrategyFor(config::v1::STRATEGY_UNSPECIFIED), &Weighted);
}

TEST(StrategyTest, NoNameIsWithoutAFunction) {
  for (int i = config::v1::Strategy_MIN; i <= config::v1::Strategy_MAX; ++i) {
    EXPECT_NE(StrategyFor(static_cast<config::v1::Strategy>(i)), nullptr) << i;
  }
}

}  // namespace
}  // namespace weir::controlplane
