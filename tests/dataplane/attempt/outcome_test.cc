#include "dataplane/attempt/outcome.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/retry_hint.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/worker_report.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

class OutcomeTest : public ::testing::Test {
 protected:
  OutcomeTest() {
    provider_.credentials.resize(2);
    target_.ChangeEvidence().limits.resize(2);
  }

  Asked asked() { return {target_, provider_, credential_}; }
  News Fail(Blame blame, Stage stage = Stage::kAnswering) {
    Failure failure{};
    failure.blame = blame;
    failure.stage = stage;
    failure.reason = "HTTP 500";
    failure.retry_after = retry_after_;
    failure.hint = hint_;
    failure.no_such_model = no_such_model_;
    return RecordFailure(asked(), failure, now_);
  }
  News Succeed() {
    const News begun = RecordBegin(asked(), absl::Milliseconds(80));
    return RecordSuccess(asked(), now_) == News::kYes ? News::kYes : begun;
  }
  const AttemptCounts& attempts() const { return target_.counters.attempts; }
  BreakerState breaker() const {
    return target_.evidence().breaker.state(now_);
  }
  bool IsBenched(std::size_t credential) const {
    return provider_.credentials[credential].benched_until() > now_;
  }

  TargetLive target_;
  ProviderLive provider_;
  std::uint32_t credential_ = 0;
  std::optional<absl::Duration> retry_after_;
  HintVerdict hint_ = HintVerdict::kNone;
  bool no_such_model_ = false;
  absl::Time now_ = absl::FromUnixSeconds(1000);
};

TEST_F(OutcomeTest, ASuccessIsCountedWithItsLatency) {
  EXPECT_EQ(Succeed(), News::kNo);
  EXPECT_EQ(attempts().successes, 1U);
  EXPECT_EQ(target_.counters.latency.count(), 1U);
  EXPECT_EQ(target_.counters.last_success, now_);
  EXPECT_EQ(target_.counters.last_failure, std::nullopt);
}

TEST_F(OutcomeTest, AnAnswerThatOnlyBeganHasALatencyAndIsNoSuccess) {
  Fail(Blame::kEndpoint);
  EXPECT_EQ(RecordBegin(asked(), absl::Milliseconds(80)), News::kNo);
  EXPECT_EQ(target_.counters.latency.count(), 1U);
  EXPECT_EQ(attempts().successes, 0U);
  EXPECT_EQ(target_.counters.last_success, std::nullopt);
  EXPECT_EQ(target_.evidence().breaker.consecutive_failures(), 1U);
}

TEST_F(OutcomeTest, StreamsThatBreakOffOneAfterTheOtherOpenTheBreaker) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(breaker(), BreakerState::kClosed);
    RecordBegin(asked(), absl::Milliseconds(80));
    Fail(Blame::kEndpoint);
  }
  EXPECT_EQ(breaker(), BreakerState::kOpen);
  EXPECT_EQ(attempts().endpoint_failures, 5U);
  EXPECT_EQ(attempts().successes, 0U);
}

TEST_F(OutcomeTest, AClientThatLeavesAStreamEndsNoRun) {
  for (int i = 0; i < 4; ++i) Fail(Blame::kEndpoint);
  RecordBegin(asked(), absl::Milliseconds(80));
  Fail(Blame::kNobody);
  EXPECT_EQ(target_.evidence().breaker.consecutive_failures(), 4U);
  EXPECT_EQ(attempts().cancelled, 1U);
}

TEST_F(OutcomeTest, AnEndpointsFailureCountsForItsBreaker) {
  EXPECT_EQ(Fail(Blame::kEndpoint), News::kYes);
  EXPECT_EQ(attempts().endpoint_failures, 1U);
  EXPECT_EQ(target_.evidence().breaker.consecutive_failures(), 1U);
  EXPECT_EQ(target_.counters.last_failure, now_);
  EXPECT_EQ(target_.counters.last_error, "HTTP 500");
  EXPECT_FALSE(IsBenched(0));
}

TEST_F(OutcomeTest, NewsAreARunsBeginAndEndAndABreakersMoves) {
  EXPECT_EQ(Fail(Blame::kEndpoint), News::kYes);
  EXPECT_EQ(Fail(Blame::kEndpoint), News::kNo);
  EXPECT_EQ(Fail(Blame::kEndpoint), News::kNo);
  EXPECT_EQ(Fail(Blame::kEndpoint), News::kNo);
  EXPECT_EQ(Fail(Blame::kEndpoint), News::kYes);
  EXPECT_EQ(breaker(), BreakerState::kOpen);
  now_ += absl::Seconds(30);
  target_.ChangeEvidence().breaker.OnStart(now_);
  EXPECT_EQ(RecordBegin(asked(), absl::Seconds(1)), News::kYes);
  EXPECT_EQ(breaker(), BreakerState::kClosed);
  EXPECT_EQ(RecordSuccess(asked(), now_), News::kYes);
  EXPECT_EQ(RecordSuccess(asked(), now_), News::kNo);
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
  EXPECT_EQ(target_.evidence().breaker.consecutive_failures(), 0U);
  EXPECT_FALSE(IsBenched(0));
  EXPECT_EQ(provider_.credentials[1].benched_until(), now_ + absl::Seconds(10));
  EXPECT_EQ(provider_.credentials[1].refused_because(), "HTTP 500");
}

TEST_F(OutcomeTest, ACredentialThatWorksIsNotRefusedAnyMore) {
  for (const bool client_error : {false, true}) {
    Fail(Blame::kCredential);
    client_error ? RecordClientError(asked())
                 : RecordBegin(asked(), absl::Milliseconds(80));
    EXPECT_EQ(provider_.credentials[0].refused_because(), "");
    EXPECT_FALSE(IsBenched(0));
  }
}

TEST_F(OutcomeTest, ACredentialThatIsGoneMeanwhileBenchesNone) {
  credential_ = 2;
  Fail(Blame::kCredential);
  EXPECT_FALSE(IsBenched(0));
  EXPECT_FALSE(IsBenched(1));
}

TEST_F(OutcomeTest, ALimitPausesTheCredentialAtTheTargetAndNothingElse) {
  retry_after_ = absl::Seconds(3);
  credential_ = 1;
  EXPECT_EQ(Fail(Blame::kRateLimited), News::kNo);
  EXPECT_EQ(attempts().rate_limited, 1U);
  EXPECT_DOUBLE_EQ(target_.evidence().local_weight.factor(now_), 0.8);
  EXPECT_EQ(target_.evidence().limits[1].paused_until, now_ + absl::Seconds(3));
  EXPECT_EQ(target_.evidence().limits[0].paused_until, absl::InfinitePast());
  EXPECT_EQ(target_.evidence().breaker.consecutive_failures(), 0U);
  EXPECT_FALSE(IsBenched(1));
}

TEST_F(OutcomeTest, ALimitWithoutAHintLetsOtherCredentialsGoFirst) {
  Fail(Blame::kRateLimited);
  EXPECT_EQ(target_.evidence().limits[0].paused_until, absl::InfinitePast());
  EXPECT_EQ(target_.evidence().limits[0].avoided_until,
            now_ + absl::Seconds(5));
  // One that says nothing does not end an earlier pause.
  retry_after_ = absl::Seconds(30);
  Fail(Blame::kRateLimited);
  retry_after_.reset();
  Fail(Blame::kRateLimited);
  EXPECT_EQ(target_.evidence().limits[0].paused_until,
            now_ + absl::Seconds(30));
}

TEST_F(OutcomeTest, HintsThatAreNotTakenAsTheyComeAreCounted) {
  for (const HintVerdict verdict :
       {HintVerdict::kNone, HintVerdict::kUsed, HintVerdict::kCapped,
        HintVerdict::kIgnored, HintVerdict::kIgnored}) {
    hint_ = verdict;
    Fail(Blame::kRateLimited);
  }
  EXPECT_EQ(target_.counters.hints_capped, 1U);
  EXPECT_EQ(target_.counters.hints_ignored, 2U);
}

TEST_F(OutcomeTest, AnUnknownModelLowersTheWeightAndPunishesNobodyElse) {
  EXPECT_EQ(Fail(Blame::kTarget), News::kNo);
  EXPECT_DOUBLE_EQ(target_.evidence().local_weight.factor(now_), 1.0);
  no_such_model_ = true;
  EXPECT_EQ(Fail(Blame::kTarget), News::kNo);
  EXPECT_DOUBLE_EQ(target_.evidence().local_weight.factor(now_), 0.8);
  EXPECT_EQ(target_.evidence().breaker.consecutive_failures(), 0U);
  EXPECT_FALSE(IsBenched(0));
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
  for (const bool as_failure : {false, true}) {
    target_ = TargetLive();
    for (int i = 0; i < 5; ++i) Fail(Blame::kEndpoint);
    ASSERT_EQ(breaker(), BreakerState::kOpen);
    const absl::Time failed_at = now_;
    now_ += absl::Seconds(1);
    EXPECT_EQ(as_failure ? Fail(Blame::kClient) : RecordClientError(asked()),
              News::kYes);
    EXPECT_EQ(attempts().client_errors, 1U);
    EXPECT_EQ(attempts().successes, 0U);
    EXPECT_EQ(breaker(), BreakerState::kClosed);
    EXPECT_EQ(target_.counters.last_failure, failed_at);
    EXPECT_EQ(RecordClientError(asked()), News::kNo);
  }
}

TEST_F(OutcomeTest, AProbeThatSaysNothingOfTheEndpointGivesItsPlaceBack) {
  for (const Blame blame : {Blame::kCredential, Blame::kRateLimited,
                            Blame::kTarget, Blame::kNobody}) {
    target_ = TargetLive();
    for (int i = 0; i < 5; ++i) Fail(Blame::kEndpoint);
    now_ += absl::Seconds(30);
    target_.ChangeEvidence().breaker.OnStart(now_);
    ASSERT_EQ(breaker(), BreakerState::kOpen);
    Fail(blame);
    EXPECT_EQ(breaker(), BreakerState::kHalfOpen);
  }
}

TEST_F(OutcomeTest, APlaceInFlightIsGivenBackOnce) {
  {
    InFlight first(target_);
    EXPECT_EQ(target_.counters.in_flight, 1U);
    InFlight moved(std::move(first));
    InFlight second(target_);
    EXPECT_EQ(target_.counters.in_flight, 2U);
  }
  EXPECT_EQ(target_.counters.in_flight, 0U);
}

}  // namespace
}  // namespace weir::dataplane
