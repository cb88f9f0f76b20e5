// What decides whether a request is hedged: what is slow, and what it may cost.
#include <gtest/gtest.h>

#include <optional>

#include "absl/time/time.h"
#include "common/latency_sketch.h"
#include "dataplane/plan/hedge_budget.h"
#include "dataplane/plan/recent_latency.h"

namespace weir::dataplane {
namespace {

TEST(HedgeBudgetTest, TheFirstIsFreeAndTheRestAreEarned) {
  HedgeBudget budget;
  EXPECT_TRUE(budget.Take());
  EXPECT_FALSE(budget.Take());
  // A quarter of the requests.
  for (int i = 0; i < 3; ++i) budget.OnRequest(0.25);
  EXPECT_FALSE(budget.Take());
  budget.OnRequest(0.25);
  EXPECT_TRUE(budget.Take());
  EXPECT_FALSE(budget.Take());
}

TEST(HedgeBudgetTest, AQuietTimeSavesUpTen) {
  HedgeBudget budget;
  for (int i = 0; i < 1000; ++i) budget.OnRequest(1);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(budget.Take());
  EXPECT_FALSE(budget.Take());
}

TEST(HedgeBudgetTest, AShareOfZeroEarnsNothing) {
  HedgeBudget budget;
  EXPECT_TRUE(budget.Take());
  for (int i = 0; i < 1000; ++i) budget.OnRequest(0);
  EXPECT_FALSE(budget.Take());
}

class RecentLatencyTest : public ::testing::Test {
 protected:
  void Measure(int times, absl::Duration latency) {
    for (int i = 0; i < times; ++i) all_.Add(latency);
  }
  // In milliseconds, 0 for none.
  double P95After(absl::Duration passed) {
    now_ += passed;
    const std::optional<absl::Duration> p95 = latency_.P95(all_, now_);
    return p95.has_value() ? absl::ToDoubleMilliseconds(*p95) : 0;
  }

  absl::Time now_ = absl::UnixEpoch() + absl::Hours(1);
  LatencySketch all_;
  RecentLatency latency_;
};

TEST_F(RecentLatencyTest, TooFewSayNothing) {
  Measure(19, absl::Milliseconds(100));
  EXPECT_EQ(P95After(absl::ZeroDuration()), 0);
  Measure(1, absl::Milliseconds(100));
  EXPECT_NEAR(P95After(absl::Seconds(1)), 100, 5);
}

TEST_F(RecentLatencyTest, FiveInAHundredAreSlow) {
  Measure(94, absl::Milliseconds(100));
  Measure(6, absl::Seconds(3));
  EXPECT_NEAR(P95After(absl::ZeroDuration()), 3000, 150);
}

TEST_F(RecentLatencyTest, IsLookedAtOnceASecond) {
  Measure(100, absl::Milliseconds(100));
  EXPECT_NEAR(P95After(absl::ZeroDuration()), 100, 5);
  Measure(100, absl::Seconds(1));
  EXPECT_NEAR(P95After(absl::Milliseconds(999)), 100, 5);
  EXPECT_NEAR(P95After(absl::Milliseconds(1)), 1000, 50);
}

TEST_F(RecentLatencyTest, WhatIsTwoMinutesOldIsForgotten) {
  Measure(1000, absl::Seconds(1));
  EXPECT_NEAR(P95After(absl::ZeroDuration()), 1000, 50);
  Measure(30, absl::Milliseconds(100));
  // Measured in the window before the one that begins now.
  EXPECT_NEAR(P95After(absl::Minutes(1)), 100, 5);
  Measure(30, absl::Milliseconds(200));
  EXPECT_NEAR(P95After(absl::Minutes(1)), 200, 10);
}

TEST_F(RecentLatencyTest, AfterALongSilenceNothingIsKnown) {
  Measure(1000, absl::Seconds(1));
  EXPECT_NEAR(P95After(absl::ZeroDuration()), 1000, 50);
  EXPECT_EQ(P95After(absl::Minutes(2)), 0);
}

}  // namespace
}  // namespace weir::dataplane
