#include "cli/loadtest/cost_guard.h"

#include <optional>
#include <string>

#include "cli/loadtest/pace.h"
#include "gtest/gtest.h"

namespace weir::loadtest {
namespace {

TEST(CostGuardTest, WhatMightBeTooMuchIsNotReserved) {
  CostGuard guard(1.0);
  EXPECT_TRUE(guard.Reserve(0.75));
  EXPECT_FALSE(guard.Reserve(0.5));
  EXPECT_TRUE(guard.Reserve(0.25));
}

TEST(CostGuardTest, WhatWasNotSpentCanBeReservedAgain) {
  CostGuard guard(1.0);
  ASSERT_TRUE(guard.Reserve(0.75));
  guard.Settle(0.75, 0.25);
  EXPECT_TRUE(guard.Reserve(0.75));
  EXPECT_FALSE(guard.Reserve(0.125));
}

TEST(CostGuardTest, WhatWasSpentStaysSpent) {
  CostGuard guard(1.0);
  ASSERT_TRUE(guard.Reserve(1.0));
  guard.Settle(1.0, 1.0);
  EXPECT_FALSE(guard.Reserve(0.001));
}

TEST(CostGuardTest, NothingIsReservedOfNothing) {
  CostGuard guard(0.0);
  EXPECT_FALSE(guard.Reserve(0.001));
  EXPECT_TRUE(guard.Reserve(0));
}

TEST(CostGuardTest, WithoutALimitEverythingMayBeSpent) {
  CostGuard guard(std::nullopt);
  EXPECT_TRUE(guard.Reserve(1e9));
  EXPECT_TRUE(guard.Reserve(1e9));
}

struct ChargeCase {
  std::string name;
  Fault fault;
  std::optional<int> attempts;
  std::optional<double> counted;
  // The worst of an attempt is 1.
  double want;
};

class ChargeTest : public ::testing::TestWithParam<ChargeCase> {};

TEST_P(ChargeTest, FollowsTheTable) {
  Fate fate;
  fate.fault = GetParam().fault;
  fate.attempts = GetParam().attempts;
  EXPECT_DOUBLE_EQ(ChargeOf(fate, GetParam().counted, 1), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ChargeTest,
    ::testing::Values(
        ChargeCase{"OneCountedAttempt", Fault::kNone, 1, 0.25, 0.25},
        ChargeCase{"OneThatSaysNothing", Fault::kNone, 1, std::nullopt, 1},
        ChargeCase{"AFailedOneBeforeIt", Fault::kNone, 2, 0.25, 1.25},
        ChargeCase{"RefusedByTheProvider", Fault::kProvider, 1, std::nullopt,
                   0},
        ChargeCase{"RefusedAtLast", Fault::kProvider, 3, std::nullopt, 2},
        ChargeCase{"RefusedByTheNode", Fault::kGateway, 0, std::nullopt, 0},
        ChargeCase{"GivenUpByTheNode", Fault::kGateway, 2, std::nullopt, 2},
        ChargeCase{"BrokenOffAfterItCounted", Fault::kUnknown, 1, 0.5, 0.5},
        ChargeCase{"NoWordOfIt", Fault::kUnknown, std::nullopt, std::nullopt,
                   3}),
    [](const auto& test) { return test.param.name; });

TEST(PaceTest, RequestsAreDueAtTheirRateWhateverHappens) {
  EXPECT_EQ(DueAfter(0, 4), absl::ZeroDuration());
  EXPECT_EQ(DueAfter(1, 4), absl::Milliseconds(250));
  EXPECT_EQ(DueAfter(100, 4), absl::Seconds(25));
  EXPECT_EQ(DueAfter(3, 0.5), absl::Seconds(6));
}

}  // namespace
}  // namespace weir::loadtest
