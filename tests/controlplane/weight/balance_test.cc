#include "controlplane/weight/balance.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include "absl/time/time.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/panic.h"
#include "controlplane/weight/strategy.h"
#include "controlplane/weight/strategy_terms.h"
#include "gtest/gtest.h"
#include "weir/config/v1/model.pb.h"

namespace weir::controlplane {
namespace {

constexpr double kNear = 1e-9;

// A model of equal targets, balanced five times a second.
class BalanceTest : public ::testing::Test {
 protected:
  explicit BalanceTest(std::size_t targets = 3) : candidates_(targets) {
    rules_.strategy = StrategyFor(config::v1::STRATEGY_WEIGHTED);
    for (Candidate& candidate : candidates_) candidate.score = 90;
    Now();
  }

  const Balance& Now() {
    balance_ = BalanceModel(rules_, terms_, candidates_, now_, memory_);
    double sum = 0;
    for (const Share& share : balance_.shares) sum += share.weight;
    EXPECT_TRUE(sum == 0 || std::abs(sum - 1) < kNear) << sum;
    return balance_;
  }
  const Balance& After(absl::Duration time) {
    constexpr absl::Duration kTick = absl::Milliseconds(200);
    for (absl::Duration t; t < time; t += kTick) {
      now_ += kTick;
      Now();
    }
    return balance_;
  }
  double weight(std::size_t i) const { return balance_.shares[i].weight; }

  BalanceRules rules_;
  StrategyTerms terms_;
  std::vector<Candidate> candidates_;
  BalanceMemory memory_;
  absl::Time now_ = absl::FromUnixSeconds(1000);
  Balance balance_;
};

TEST_F(BalanceTest, TheFirstBalanceHoldsAtOnceAndWithoutRamp) {
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(weight(i), 1. / 3, kNear);
}

TEST_F(BalanceTest, DeathTakesEffectAtOnce) {
  candidates_[0].fitness = Fitness::kUnfit;
  Now();
  EXPECT_EQ(weight(0), 0);
  EXPECT_NEAR(weight(1), 0.5, kNear);
  EXPECT_NEAR(weight(2), 0.5, kNear);
  EXPECT_EQ(balance_.shares[0].rank, 2u);
  EXPECT_FALSE(balance_.panic);
}

TEST_F(BalanceTest, WhatRecoversRampsUpFromATenth) {
  candidates_[0].fitness = Fitness::kUnfit;
  After(absl::Seconds(5));
  candidates_[0].fitness = Fitness::kUsable;
  After(absl::Seconds(1));
  EXPECT_NEAR(weight(0), 0.1 / 2.1, 0.001);
  EXPECT_EQ(balance_.shares[0].rank, 2u);
  After(absl::Seconds(14.2));
  EXPECT_NEAR(weight(0), 0.5 / 2.5, 0.01);
  After(absl::Seconds(16));
  EXPECT_NEAR(weight(0), 1. / 3, kNear);
}

TEST_F(BalanceTest, ASecondDeathBeginsTheRampAgain) {
  candidates_[0].fitness = Fitness::kUnfit;
  Now();
  candidates_[0].fitness = Fitness::kUsable;
  After(absl::Seconds(20));
  candidates_[0].fitness = Fitness::kUnfit;
  Now();
  candidates_[0].fitness = Fitness::kUsable;
  After(absl::Seconds(1));
  EXPECT_NEAR(weight(0), 0.1 / 2.1, 0.001);
}

TEST_F(BalanceTest, ATrialStaysAtATenthAndThenRamps) {
  candidates_[0].fitness = Fitness::kUnfit;
  Now();
  candidates_[0].fitness = Fitness::kOnTrial;
  After(absl::Minutes(5));
  EXPECT_NEAR(weight(0), 0.1 / 2.1, kNear);
  candidates_[0].fitness = Fitness::kUsable;
  After(absl::Seconds(15));
  EXPECT_NEAR(weight(0), 0.5 / 2.5, 0.01);
}

TEST_F(BalanceTest, WeightsMoveByAtMostAFifthInASecond) {
  candidates_[0].base_weight = 100;
  const double before = weight(0);
  After(absl::Milliseconds(200));
  EXPECT_NEAR(weight(0), before + 0.04, kNear);
  After(absl::Seconds(10));
  EXPECT_NEAR(weight(0), 100. / 102, kNear);
}

TEST_F(BalanceTest, WhatAnOperatorSwitchesOnAgainHasNoRamp) {
  candidates_[0].fitness = Fitness::kExcluded;
  After(absl::Seconds(5));
  EXPECT_EQ(weight(0), 0);
  candidates_[0].fitness = Fitness::kUsable;
  After(absl::Seconds(5));
  EXPECT_NEAR(weight(0), 1. / 3, kNear);
}

TEST_F(BalanceTest, PanicIgnoresHealthByBaseWeights) {
  candidates_[1].base_weight = 2;
  candidates_[0].fitness = candidates_[1].fitness = Fitness::kUnfit;
  candidates_[0].score = candidates_[1].score = 0;
  EXPECT_TRUE(Now().panic);
  EXPECT_NEAR(weight(0), 0.25, kNear);
  EXPECT_NEAR(weight(1), 0.5, kNear);
  EXPECT_NEAR(weight(2), 0.25, kNear);
  // Failover still goes where it may work.
  EXPECT_EQ(balance_.shares[2].rank, 0u);
}

TEST_F(BalanceTest, PanicSpreadsWhateverTheStrategy) {
  rules_.strategy = StrategyFor(config::v1::STRATEGY_PRIORITY);
  candidates_[0].priority = 9;
  candidates_[0].fitness = candidates_[1].fitness = Fitness::kUnfit;
  EXPECT_TRUE(Now().panic);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(weight(i), 1. / 3, kNear);
}

TEST_F(BalanceTest, WhatRecoversTakesOverByAndByWhereOneGetsAll) {
  rules_.strategy = StrategyFor(config::v1::STRATEGY_PRIORITY);
  candidates_[0].priority = 9;
  candidates_[0].fitness = Fitness::kUnfit;
  After(absl::Seconds(10));
  EXPECT_NEAR(weight(1), 1, kNear);
  candidates_[0].fitness = Fitness::kUsable;
  After(absl::Seconds(15));
  // Half of its ramp: the next in order has the other half.
  EXPECT_NEAR(weight(0), 0.5, 0.01);
  EXPECT_NEAR(weight(1), 0.5, 0.01);
  After(absl::Seconds(16));
  EXPECT_NEAR(weight(0), 1, kNear);
}

TEST_F(BalanceTest, AWinnerThatIsOvertakenLosesItsWeightInSteps) {
  rules_.strategy = StrategyFor(config::v1::STRATEGY_LOWEST_COST);
  for (Candidate& each : candidates_) each.price = 2;
  candidates_[0].price = 1;
  After(absl::Seconds(10));
  EXPECT_NEAR(weight(0), 1, kNear);
  candidates_[1].price = 0.5;
  After(absl::Seconds(1));
  EXPECT_NEAR(weight(0), 0.8, kNear);
  EXPECT_NEAR(weight(1), 0.2, kNear);
}

TEST_F(BalanceTest, APauseHoldsAtOnceAndEndsInSteps) {
  candidates_[0].allowance = 0;
  Now();
  EXPECT_EQ(weight(0), 0);
  candidates_[0].allowance = 1;
  After(absl::Seconds(1));
  EXPECT_NEAR(weight(0), 0.2, kNear) << "a fifth in a second, and no ramp";
}

TEST_F(BalanceTest, AFixedShareHoldsWithinTheSteps) {
  candidates_[0].fixed_share = 0.9;
  After(absl::Seconds(10));
  EXPECT_NEAR(weight(0), 0.9, kNear);
  EXPECT_NEAR(weight(1), 0.05, kNear);
}

TEST_F(BalanceTest, PanicSparesWhatIsExcluded) {
  candidates_[0].fitness = Fitness::kExcluded;
  candidates_[1].fitness = candidates_[2].fitness = Fitness::kUnfit;
  EXPECT_TRUE(Now().panic);
  EXPECT_EQ(weight(0), 0);
  EXPECT_NEAR(weight(1), 0.5, kNear);
}

TEST_F(BalanceTest, WithAFallbackAllDeadIsAllZero) {
  rules_.fallback = Fallback::kOtherModels;
  for (Candidate& each : candidates_) each.fitness = Fitness::kUnfit;
  EXPECT_FALSE(Now().panic);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(weight(i), 0);
}

TEST_F(BalanceTest, TheFirstToComeBackGetsEverything) {
  rules_.fallback = Fallback::kOtherModels;
  for (Candidate& each : candidates_) each.fitness = Fitness::kUnfit;
  Now();
  candidates_[1].fitness = Fitness::kUsable;
  Now();
  EXPECT_NEAR(weight(1), 1, kNear);
}

TEST_F(BalanceTest, AfterPanicTheDeadLoseTheirWeightAtOnce) {
  candidates_[0].fitness = candidates_[1].fitness = Fitness::kUnfit;
  ASSERT_TRUE(Now().panic);
  candidates_[0].fitness = Fitness::kUsable;
  EXPECT_FALSE(Now().panic);
  EXPECT_EQ(weight(1), 0);
}

}  // namespace
}  // namespace weir::controlplane
