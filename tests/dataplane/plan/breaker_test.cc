#include "dataplane/plan/breaker.h"

#include <optional>

#include "absl/time/time.h"
#include "dataplane/plan/local_weight.h"
#include "dataplane/worker_report.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using Kind = Breaker::Kind;

class BreakerTest : public ::testing::Test {
 protected:
  void Fail(Kind kind, int times = 1) {
    for (int i = 0; i < times; ++i) {
      breaker_.OnStart(now_);
      breaker_.OnFailure(kind, now_);
    }
  }
  // Open, then the pause is over.
  void HalfOpen() {
    Fail(Kind::kAnswer, 5);
    now_ = breaker_.open_until();
    ASSERT_EQ(state(), BreakerState::kHalfOpen);
  }
  BreakerState state() const { return breaker_.state(now_); }

  absl::Time now_ = absl::FromUnixSeconds(1000);
  Breaker breaker_;
};

TEST_F(BreakerTest, BeginsClosed) {
  EXPECT_EQ(state(), BreakerState::kClosed);
  EXPECT_EQ(breaker_.open_until(), absl::InfinitePast());
  EXPECT_EQ(breaker_.consecutive_failures(), 0U);
}

TEST_F(BreakerTest, FiveBadAnswersInARowOpenIt) {
  Fail(Kind::kAnswer, 4);
  EXPECT_EQ(state(), BreakerState::kClosed);
  EXPECT_EQ(breaker_.consecutive_failures(), 4U);
  Fail(Kind::kAnswer);
  EXPECT_EQ(state(), BreakerState::kOpen);
  EXPECT_EQ(breaker_.open_until(), now_ + absl::Seconds(1));
}

TEST_F(BreakerTest, ASuccessBetweenBeginsAnew) {
  Fail(Kind::kAnswer, 4);
  breaker_.OnSuccess();
  EXPECT_EQ(breaker_.consecutive_failures(), 0U);
  Fail(Kind::kAnswer, 4);
  EXPECT_EQ(state(), BreakerState::kClosed);
}

TEST_F(BreakerTest, ThreeFailuresToConnectInARowOpenIt) {
  Fail(Kind::kConnect, 2);
  EXPECT_EQ(state(), BreakerState::kClosed);
  Fail(Kind::kConnect);
  EXPECT_EQ(state(), BreakerState::kOpen);
}

TEST_F(BreakerTest, AnAnswerBetweenFailuresToConnectIsAConnection) {
  Fail(Kind::kConnect, 2);
  Fail(Kind::kAnswer);
  Fail(Kind::kConnect);
  EXPECT_EQ(state(), BreakerState::kClosed);
  // The fifth failure of any kind.
  Fail(Kind::kConnect);
  EXPECT_EQ(state(), BreakerState::kOpen);
}

TEST_F(BreakerTest, AfterThePauseOneRequestMayAsk) {
  HalfOpen();
  EXPECT_EQ(breaker_.state(now_ - absl::Nanoseconds(1)), BreakerState::kOpen);
  breaker_.OnStart(now_);
  EXPECT_EQ(state(), BreakerState::kOpen);
  EXPECT_EQ(breaker_.state(now_ + absl::Hours(1)), BreakerState::kOpen);
}

TEST_F(BreakerTest, AGoodAnswerClosesItAndForgetsThePauses) {
  HalfOpen();
  Fail(Kind::kAnswer);
  now_ = breaker_.open_until();
  breaker_.OnStart(now_);
  breaker_.OnSuccess();
  EXPECT_EQ(state(), BreakerState::kClosed);
  EXPECT_EQ(breaker_.open_until(), absl::InfinitePast());
  Fail(Kind::kAnswer, 5);
  EXPECT_EQ(breaker_.open_until(), now_ + absl::Seconds(1));
}

TEST_F(BreakerTest, EachFailedProbeDoublesThePauseUpToTenSeconds) {
  HalfOpen();
  for (const int seconds : {2, 4, 8, 10, 10}) {
    Fail(Kind::kAnswer);
    EXPECT_EQ(state(), BreakerState::kOpen);
    EXPECT_EQ(breaker_.open_until(), now_ + absl::Seconds(seconds));
    now_ = breaker_.open_until();
    EXPECT_EQ(state(), BreakerState::kHalfOpen);
  }
}

TEST_F(BreakerTest, AProbeWithoutAVerdictGivesItsPlaceBack) {
  HalfOpen();
  breaker_.OnStart(now_);
  breaker_.OnAbandoned();
  EXPECT_EQ(state(), BreakerState::kHalfOpen);
}

TEST_F(BreakerTest, StragglersDoNotProlongThePause) {
  Fail(Kind::kAnswer, 5);
  const absl::Time until = breaker_.open_until();
  now_ += absl::Milliseconds(500);
  breaker_.OnFailure(Kind::kAnswer, now_);
  EXPECT_EQ(breaker_.open_until(), until);
  EXPECT_EQ(breaker_.consecutive_failures(), 6U);
}

TEST_F(BreakerTest, AStragglersSuccessClosesIt) {
  Fail(Kind::kAnswer, 5);
  breaker_.OnSuccess();
  EXPECT_EQ(state(), BreakerState::kClosed);
}

TEST_F(BreakerTest, ParametersDecide) {
  breaker_ = Breaker({.failures_to_open = 1,
                      .connect_failures_to_open = 1,
                      .first_pause = absl::Seconds(7),
                      .longest_pause = absl::Seconds(8)});
  Fail(Kind::kConnect);
  EXPECT_EQ(breaker_.open_until(), now_ + absl::Seconds(7));
  now_ = breaker_.open_until();
  Fail(Kind::kConnect);
  EXPECT_EQ(breaker_.open_until(), now_ + absl::Seconds(8));
}

TEST(LocalWeightTest, BeginsWhole) {
  EXPECT_EQ(LocalWeight().factor(absl::FromUnixSeconds(5)), 1.0);
  EXPECT_EQ(LocalWeight().paused_until(), absl::InfinitePast());
}

TEST(LocalWeightTest, OneRefusalTakesAFifthForTenSeconds) {
  const absl::Time now = absl::FromUnixSeconds(1000);
  LocalWeight weight;
  weight.OnRateLimited(std::nullopt, now);
  EXPECT_DOUBLE_EQ(weight.factor(now), 0.8);
  EXPECT_DOUBLE_EQ(weight.factor(now + absl::Seconds(5)), 0.9);
  EXPECT_DOUBLE_EQ(weight.factor(now + absl::Seconds(10)), 1.0);
  EXPECT_DOUBLE_EQ(weight.factor(now + absl::Hours(1)), 1.0);
  EXPECT_EQ(weight.paused_until(), absl::InfinitePast());
}

TEST(LocalWeightTest, RefusalsMultiplyAndATenthStays) {
  const absl::Time now = absl::FromUnixSeconds(1000);
  LocalWeight weight;
  weight.OnRateLimited(std::nullopt, now);
  weight.OnRateLimited(std::nullopt, now);
  EXPECT_DOUBLE_EQ(weight.factor(now), 0.64);
  for (int i = 0; i < 100; ++i) weight.OnRateLimited(std::nullopt, now);
  EXPECT_DOUBLE_EQ(weight.factor(now), 0.1);
  EXPECT_DOUBLE_EQ(weight.factor(now + absl::Seconds(45)), 1.0);
}

TEST(LocalWeightTest, AskedPausesAreKeptUpToFiveMinutes) {
  const absl::Time now = absl::FromUnixSeconds(1000);
  LocalWeight weight;
  weight.OnRateLimited(absl::Seconds(3), now);
  EXPECT_EQ(weight.paused_until(), now + absl::Seconds(3));
  // One that says nothing does not end it.
  weight.OnRateLimited(std::nullopt, now);
  EXPECT_EQ(weight.paused_until(), now + absl::Seconds(3));
  weight.OnRateLimited(absl::Hours(24), now);
  EXPECT_EQ(weight.paused_until(), now + absl::Minutes(5));
}

}  // namespace
}  // namespace weir::dataplane
