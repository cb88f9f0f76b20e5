#include "dataplane/attempt/outcome.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/worker_report.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

class OutcomeTest : public ::testing::Test {
 protected:
  OutcomeTest() { provider_.benched_until.assign(2, absl::InfinitePast()); }

  News Fail(Blame blame, Stage stage = Stage::kAnswering) {
    Failure failure{};
    failure.blame = blame;
    failure.stage = stage;
    failure.reason = "HTTP 500";
    failure.retry_after = retry_after_;
    return RecordFailure(target_, provider_, credential_, failure, now_);
  }
  const AttemptCounts& attempts() const { return target_.counters.attempts; }
  BreakerState breaker() const { return target_.breaker.state(now_); }

  TargetLive target_;
  ProviderLive provider_;
  std::size_t credential_ = 0;
  std::optional<absl::Duration> retry_after_;
  absl::Time now_ = absl::FromUnixSeconds(1000);
};

TEST_F(OutcomeTest, ASuccessIsCountedWithItsLatency) {
  EXPECT_EQ(RecordSuccess(target_, absl::Milliseconds(80), now_), News::kNo);
  EXPECT_EQ(attempts().successes, 1U);
  EXPECT_EQ(target_.counters.latency.count(), 1U);
  EXPECT_EQ(target_.counters.last_success, now_);
  EXPECT_EQ(target_.counters.last_failure, std::nullopt);
}

TEST_F(OutcomeTest, AnEndpointsFailureCountsForItsBreaker) {
  EXPECT_EQ(Fail(Blame::kEndpoint), News::kYes);
  EXPECT_EQ(attempts().endpoint_failures, 1U);
  EXPECT_EQ(target_.breaker.consecutive_failures(), 1U);
  EXPECT_EQ(target_.counters.last_failure, now_);
  EXPECT_EQ(target_.counters.last_error, "HTTP 500");
  EXPECT_EQ(PickCredential(provider_, 2, now_), 0U);
}

TEST_F(OutcomeTest, NewsAreARunsBeginAndEndAndABreakersMoves) {
  EXPECT_EQ(Fail(Blame::kEndpoint), News::kYes);
  EXPECT_EQ(Fail(Blame::kEndpoint), News::kNo);
  EXPECT_EQ(Fail(Blame::kEndpoint), News::kNo);
  EXPECT_EQ(Fail(Blame::kEndpoint), News::kNo);
  EXPECT_EQ(Fail(Blame::kEndpoint), News::kYes);
  EXPECT_EQ(breaker(), BreakerState::kOpen);
  EXPECT_EQ(RecordSuccess(target_, absl::Seconds(1), now_), News::kYes);
  EXPECT_EQ(RecordSuccess(target_, absl::Seconds(1), now_), News::kNo);
  EXPECT_EQ(breaker(), BreakerState::kClosed);
}

TEST_F(OutcomeTest, ThreeFailuresToConnectOpenTheBreaker) {
  Fail(Blame::kEndpoint, Stage::kConnect);
  Fail(Blame::kEndpoint, Stage::kConnect);
  EXPECT_EQ(breaker(), BreakerState::kClosed);
  EXPECT_EQ(Fail(Blame::kEndpoint, Stage::kConnect), News::kYes);
  EXPECT_EQ(breaker(), BreakerState::kOpen);
}

TEST_F(OutcomeTest, ARefusedCredentialIsBenchedAndTheTargetIsNot) {
  credential_ = 1;
  EXPECT_EQ(Fail(Blame::kCredential), News::kNo);
  EXPECT_EQ(attempts().credential_failures, 1U);
  EXPECT_EQ(target_.breaker.consecutive_failures(), 0U);
  EXPECT_EQ(provider_.benched_until[0], absl::InfinitePast());
  EXPECT_EQ(provider_.benched_until[1], now_ + absl::Seconds(10));
}

TEST_F(OutcomeTest, ACredentialThatIsGoneMeanwhileBenchesNone) {
  credential_ = 2;
  Fail(Blame::kCredential);
  EXPECT_EQ(provider_.benched_until,
            std::vector<absl::Time>(2, absl::InfinitePast()));
}

TEST_F(OutcomeTest, ALimitLowersTheWeightAndNothingElse) {
  retry_after_ = absl::Seconds(3);
  EXPECT_EQ(Fail(Blame::kRateLimited), News::kNo);
  EXPECT_EQ(attempts().rate_limited, 1U);
  EXPECT_DOUBLE_EQ(target_.local_weight.factor(now_), 0.8);
  EXPECT_EQ(target_.local_weight.paused_until(), now_ + absl::Seconds(3));
  EXPECT_EQ(target_.breaker.consecutive_failures(), 0U);
  EXPECT_EQ(provider_.benched_until[0], absl::InfinitePast());
}

TEST_F(OutcomeTest, AnUnknownModelPunishesNobody) {
  EXPECT_EQ(Fail(Blame::kTarget), News::kNo);
  EXPECT_EQ(target_.breaker.consecutive_failures(), 0U);
  EXPECT_EQ(provider_.benched_until[0], absl::InfinitePast());
  EXPECT_EQ(target_.counters.last_error, "HTTP 500");
}

TEST_F(OutcomeTest, NobodysFailureIsNotRemembered) {
  EXPECT_EQ(Fail(Blame::kNobody), News::kNo);
  EXPECT_EQ(attempts().cancelled, 1U);
  EXPECT_EQ(attempts().endpoint_failures, 0U);
  EXPECT_EQ(target_.counters.last_failure, std::nullopt);
  EXPECT_EQ(target_.counters.last_error, "");
}

TEST_F(OutcomeTest, AClientsErrorShowsThatTheTargetWorks) {
  for (int i = 0; i < 5; ++i) Fail(Blame::kEndpoint);
  ASSERT_EQ(breaker(), BreakerState::kOpen);
  EXPECT_EQ(RecordClientError(target_), News::kYes);
  EXPECT_EQ(attempts().client_errors, 1U);
  EXPECT_EQ(attempts().successes, 0U);
  EXPECT_EQ(breaker(), BreakerState::kClosed);
  EXPECT_EQ(RecordClientError(target_), News::kNo);
}

TEST_F(OutcomeTest, AProbeThatSaysNothingOfTheEndpointGivesItsPlaceBack) {
  for (const Blame blame : {Blame::kCredential, Blame::kRateLimited,
                            Blame::kTarget, Blame::kNobody}) {
    target_ = TargetLive();
    for (int i = 0; i < 5; ++i) Fail(Blame::kEndpoint);
    now_ += absl::Seconds(1);
    target_.breaker.OnStart(now_);
    ASSERT_EQ(breaker(), BreakerState::kOpen);
    Fail(blame);
    EXPECT_EQ(breaker(), BreakerState::kHalfOpen);
  }
}

TEST_F(OutcomeTest, APlaceInFlightIsGivenBackOnce) {
  {
    InFlight first(target_, provider_);
    EXPECT_EQ(provider_.in_flight, 1U);
    InFlight moved(std::move(first));
    InFlight second(target_, provider_);
    EXPECT_EQ(target_.counters.in_flight, 2U);
    EXPECT_EQ(provider_.in_flight, 2U);
  }
  EXPECT_EQ(target_.counters.in_flight, 0U);
  EXPECT_EQ(provider_.in_flight, 0U);
}

}  // namespace
}  // namespace weir::dataplane
