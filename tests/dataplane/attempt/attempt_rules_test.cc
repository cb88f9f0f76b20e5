// What the rules of docs/routing.md come to in the loop.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/outcome.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "tests/dataplane/attempt/attempt_loop_fixture.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/fake_upstream.h"
#include "tests/dataplane/peers/test_loop.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using testing::FakeAnswer;
using ::testing::HasSubstr;
using testing::Last;
using testing::Says;
using testing::Started;

using AttemptRulesTest = AttemptLoopTest;

TEST_F(AttemptRulesTest, AnotherCredentialOfTheOnlyTargetIsTriedAtOnce) {
  plan_ = Plan();
  plan_.Add({0, 0, 0});
  for (const int status : {401, 402, 403, 429}) {
    live_ = LiveState();
    const AttemptsResult result = Run({Status(status), Good()});
    EXPECT_EQ(AnswerOf(result).held(), "good body") << status;
    EXPECT_THAT(upstream_->sent[0].bytes, HasSubstr("key-of-p0"));
    EXPECT_THAT(upstream_->sent[1].bytes, HasSubstr("Bearer second"));
  }
}

TEST_F(AttemptRulesTest, ALimitIsOneCredentialsAtOneTarget) {
  const std::string hint = "retry-after: 20\r\n";
  Run({Refusing(429, "{}", hint), Good()});
  Run({Good()});
  EXPECT_THAT(upstream_->sent[0].bytes, HasSubstr("Bearer second"));
  EXPECT_EQ(view_->targets[0]->evidence().limits[0].paused_until,
            loop_.clock.Now() + absl::Seconds(20));
  EXPECT_EQ(view_->targets[0]->evidence().limits[1].paused_until,
            absl::InfinitePast());
}

TEST_F(AttemptRulesTest, WhatTheFleetKnowsToBeRefusedIsUsedLast) {
  hand_.weights().refused_credentials = {{0}, {}, {}};
  Run({Good()});
  EXPECT_THAT(upstream_->sent[0].bytes, HasSubstr("Bearer second"));
}

TEST_F(AttemptRulesTest, WhatIsLeftOfALimitIsKept) {
  FakeAnswer answer = Good();
  answer.head +=
      "x-ratelimit-limit-requests: 100\r\n"
      "x-ratelimit-remaining-requests: 5\r\n"
      "x-ratelimit-reset-requests: 20s\r\n";
  Run({std::move(answer)});
  const absl::Time now = loop_.clock.Now();
  EXPECT_EQ(view_->targets[0]->evidence().headroom.left(now), 0.05);
  EXPECT_EQ(
      view_->targets[0]->evidence().headroom.left(now + absl::Seconds(20)),
      std::nullopt);
}

TEST_F(AttemptRulesTest, ALongRequestGoesToTheFirstLargerModel) {
  plan_ = Plan();
  for (ProviderIndex i = 0; i < 3; ++i) plan_.Add({i, i, /*model=*/i});
  hand_.config().models[0].context_tokens = 8'000;
  hand_.config().models[1].context_tokens = 8'000;
  hand_.config().models[2].context_tokens = 128'000;
  const AttemptsResult result = Run({TooLong(), Good()});
  EXPECT_EQ(AnswerOf(result).held(), "good body");
  EXPECT_THAT(Asked(), ElementsAre("p0", "p2"));
  EXPECT_EQ(Counts(0).client_errors, 1U);
  EXPECT_EQ(Counts(0).endpoint_failures, 0U);
}

TEST_F(AttemptRulesTest, WithoutALargerModelTheClientIsTold) {
  hand_.config().models[0].context_tokens = 8'000;
  const AttemptsResult result = Run({TooLong()});
  EXPECT_EQ(AnswerOf(result).exchange->head().status, 400);
  EXPECT_THAT(Asked(), ElementsAre("p0"));
  EXPECT_EQ(Counts(0).client_errors, 1U);
}

TEST_F(AttemptRulesTest, AStreamThatSaysThatTheRequestIsWrongIsTheClients) {
  const std::string event =
      "data: {\"error\":{\"type\":\"invalid_request_error\"}}\n\n";
  const AttemptsResult result = Run({FakeAnswer{kStream, {event}}});
  EXPECT_EQ(AnswerOf(result).held(), event);
  EXPECT_TRUE(AnswerOf(result).recorded);
  EXPECT_EQ(Counts(0).client_errors, 1U);
}

TEST_F(AttemptRulesTest, SlowFailuresAreReplayedWhereTheModelSaysSo) {
  for (const bool replay : {false, true}) {
    hand_.config().models[0].replay_slow_failures = replay;
    Providers(
        {FakeAnswer{"HTTP/1.1 504 Slow\r\ncontent-length: 0\r\n", {Last{}}},
         Good()});
    upstream_->delay = [this] { loop_.clock.Advance(absl::Seconds(11)); };
    const AttemptsResult result = loop_.Run(attempts_->Run(plan_));
    EXPECT_EQ(result.attempts, replay ? 2 : 1);
  }
}

TEST_F(AttemptRulesTest, TheRequestsOwnDeadlineIsNobodysFault) {
  request_.deadline = loop_.clock.Now() + absl::Seconds(5);
  Providers({Hangs()});
  Started run(loop_, attempts_->Run(plan_));
  loop_.Pass(absl::Seconds(4));
  EXPECT_FALSE(run.ended());
  loop_.Pass(absl::Seconds(1));
  const AttemptsResult result = run.Result();
  EXPECT_EQ(NoAnswerOf(result).failure->blame, Blame::kNobody);
  EXPECT_TRUE(NoAnswerOf(result).failure->timed_out);
  EXPECT_EQ(Counts(0).cancelled, 1U);
  EXPECT_EQ(Counts(0).endpoint_failures, 0U);
}

TEST_F(AttemptRulesTest, ADeadlineThatIsOverAlreadyBeginsNothing) {
  request_.deadline = loop_.clock.Now();
  const AttemptsResult result = Run({});
  EXPECT_EQ(result.attempts, 0);
  EXPECT_TRUE(NoAnswerOf(result).failure->timed_out);
}

TEST_F(AttemptRulesTest, OneAttemptMayNotTakeLongerThanItsTotal) {
  hand_.config().providers[0].timeouts.total = absl::Seconds(8);
  Providers({Hangs(), Good()});
  Started run(loop_, attempts_->Run(plan_));
  loop_.Pass(absl::Seconds(8));
  EXPECT_EQ(AnswerOf(run.Result()).candidate.provider, 1U);
  EXPECT_EQ(Counts(0).endpoint_failures, 1U);
}

TEST_F(AttemptRulesTest, AFullProviderAfterAFailureIsSaidSoonAfterOneWait) {
  hand_.config().providers[0].max_concurrent = 1;
  plan_ = Plan();
  plan_.Add({0, 0, 0});
  Providers({Status(503)});
  testing::Started run(loop_, attempts_->Run(plan_));
  // The first attempt has given its own back, and the second waits.
  loop_.Settle();
  const auto taken = TakePlace(0);
  ASSERT_TRUE(taken.has_value());
  loop_.Pass(absl::Seconds(1));
  const AttemptsResult result = run.Result();
  EXPECT_TRUE(NoAnswerOf(result).at_capacity);
  EXPECT_EQ(result.attempts, 1);
}

TEST_F(AttemptRulesTest, AStreamIsNoSuccessBeforeItsEnd) {
  const AttemptsResult stream = Run({FakeAnswer{kStream, {Says("a")}}});
  EXPECT_FALSE(AnswerOf(stream).recorded);
  EXPECT_EQ(Counts(0).successes, 0U);
  EXPECT_EQ(view_->targets[0]->counters.latency.count(), 1U);
}

}  // namespace
}  // namespace weir::dataplane
