#include "dataplane/plan/breaker.h"

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
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
  EXPECT_EQ(breaker_.open_until(), now_ + absl::Seconds(30));
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
  EXPECT_EQ(breaker_.open_until(), now_ + absl::Seconds(30));
}

TEST_F(BreakerTest, EachFailedProbeDoublesThePauseUpToTenTimesTheFirst) {
  HalfOpen();
  for (const int seconds : {60, 120, 240, 300, 300}) {
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

TEST_F(BreakerTest, AnAnswerThatBeginsAfterAProbeLetsTheOthersIn) {
  HalfOpen();
  breaker_.OnStart(now_);
  breaker_.OnBegun();
  EXPECT_EQ(state(), BreakerState::kClosed);
  EXPECT_EQ(breaker_.open_until(), absl::InfinitePast());
  breaker_.OnSuccess();
  EXPECT_EQ(breaker_.consecutive_failures(), 0U);
}

TEST_F(BreakerTest, AProbeThatBeginsAndBreaksOffOpensItForTwiceAsLong) {
  HalfOpen();
  breaker_.OnStart(now_);
  breaker_.OnBegun();
  breaker_.OnFailure(Kind::kAnswer, now_);
  EXPECT_EQ(state(), BreakerState::kOpen);
  EXPECT_EQ(breaker_.open_until(), now_ + absl::Seconds(60));
}

TEST_F(BreakerTest, AnswersThatOnlyBeginEndNoRunOfFailures) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(state(), BreakerState::kClosed);
    breaker_.OnStart(now_);
    breaker_.OnBegun();
    breaker_.OnFailure(Kind::kAnswer, now_);
  }
  EXPECT_EQ(state(), BreakerState::kOpen);
}

TEST_F(BreakerTest, AVoucherEndsTheWait) {
  Fail(Kind::kAnswer, 5);
  breaker_.OnVouched(now_);
  EXPECT_EQ(state(), BreakerState::kHalfOpen);
  // For one request; a probe that fails waits longer, voucher or not.
  breaker_.OnStart(now_);
  EXPECT_EQ(state(), BreakerState::kOpen);
  breaker_.OnFailure(Kind::kAnswer, now_);
  EXPECT_EQ(breaker_.open_until(), now_ + absl::Seconds(60));
}

TEST_F(BreakerTest, AVoucherForWhatIsClosedOrMayBeAskedChangesNothing) {
  Fail(Kind::kAnswer, 4);
  breaker_.OnVouched(now_);
  EXPECT_EQ(breaker_.consecutive_failures(), 4U);
  EXPECT_EQ(breaker_.open_until(), absl::InfinitePast());
  HalfOpen();
  const absl::Time until = breaker_.open_until();
  breaker_.OnVouched(now_ + absl::Seconds(5));
  EXPECT_EQ(breaker_.open_until(), until);
}

struct ParamsCase {
  std::uint32_t failures;
  Kind kind;
  // Failures that open it.
  int want;
};

TEST_F(BreakerTest, ItsThresholdIsSetAndFailuresToConnectNeedThreeAtMost) {
  const std::vector<ParamsCase> cases = {
      {1, Kind::kAnswer, 1},  {1, Kind::kConnect, 1}, {2, Kind::kAnswer, 2},
      {2, Kind::kConnect, 2}, {3, Kind::kConnect, 3}, {7, Kind::kAnswer, 7},
      {7, Kind::kConnect, 3},
  };
  for (const ParamsCase& c : cases) {
    SCOPED_TRACE(c.failures);
    breaker_ = Breaker({.failures = c.failures, .recovery = absl::Seconds(7)});
    Fail(c.kind, c.want - 1);
    EXPECT_EQ(state(), BreakerState::kClosed);
    Fail(c.kind);
    EXPECT_EQ(state(), BreakerState::kOpen);
    EXPECT_EQ(breaker_.open_until(), now_ + absl::Seconds(7));
  }
}

TEST_F(BreakerTest, NewParametersHoldFromTheNextFailureOn) {
  Fail(Kind::kAnswer, 4);
  breaker_.SetParams({.failures = 2, .recovery = absl::Seconds(1)});
  EXPECT_EQ(state(), BreakerState::kClosed);
  Fail(Kind::kAnswer);
  EXPECT_EQ(breaker_.open_until(), now_ + absl::Seconds(1));
  breaker_.SetParams({.failures = 9, .recovery = absl::Seconds(9)});
  EXPECT_EQ(breaker_.open_until(), now_ + absl::Seconds(1));
}

}  // namespace
}  // namespace weir::dataplane
