#include "dataplane/attempt/attempt_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/repeated_upstream_head.h"
#include "dataplane/plan/plan.h"
#include "dataplane/request.h"
#include "tests/dataplane/attempt/attempt_loop_fixture.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/fake_upstream.h"
#include "tests/dataplane/peers/test_loop.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using testing::FakeAnswer;
using testing::FakeOutcome;
using ::testing::HasSubstr;
using testing::kDone;
using testing::kRole;
using testing::Last;
using testing::Says;
using testing::Silence;
using testing::Started;

TEST_F(AttemptLoopTest, TheFirstGoodAnswerIsTheClients) {
  const AttemptsResult result = Run({Good()});
  EXPECT_EQ(AnswerOf(result).held(), "good body");
  EXPECT_TRUE(AnswerOf(result).complete);
  EXPECT_EQ(result.attempts, 1);
  EXPECT_EQ(Counts(0).successes, 1U);
  EXPECT_THAT(upstream_->sent[0].bytes, HasSubstr("key-of-p0"));
}

TEST_F(AttemptLoopTest, EveryKindOfFailureMovesOnBeforeCommit) {
  const std::vector<FakeOutcome> failures = {
      Refused(),
      Status(500),
      Status(503),
      Status(429),
      Status(401),
      Status(404),
      FakeAnswer{kJson, {"good", absl::UnavailableError("cut short")}},
      FakeAnswer{kJson, {absl::DataLossError("bad chunk")}},
      FakeAnswer{kStream, {std::string(kRole), Last{}}},
      FakeAnswer{
          kStream,
          {std::string(kRole), "data: {\"error\":{\"message\":\"busy\"}}\n\n"}},
      FakeAnswer{kStream, {"data: <html>\n\n"}},
      FakeAnswer{kStream, {std::string(kRole), absl::UnavailableError("cut")}},
  };
  for (std::size_t i = 0; i < failures.size(); ++i) {
    SCOPED_TRACE(i);
    const AttemptsResult result = Run({failures[i], Good()});
    EXPECT_EQ(AnswerOf(result).held(), "good body");
    EXPECT_EQ(result.attempts, 2);
    EXPECT_THAT(Asked(), ElementsAre("p0", "p1"));
  }
  EXPECT_EQ(Counts(1).successes, failures.size());
}

TEST_F(AttemptLoopTest, TheClientsOwnMistakeIsItsAnswer) {
  const AttemptsResult result = Run({Status(422)});
  EXPECT_EQ(AnswerOf(result).exchange->head().status, 422);
  EXPECT_EQ(Counts(0).client_errors, 1U);
  EXPECT_EQ(Counts(0).endpoint_failures, 0U);
}

TEST_F(AttemptLoopTest, TheLastErrorIsKeptWhole) {
  const AttemptsResult result = Run({Refused(), Status(500), Status(503)});
  EXPECT_EQ(result.attempts, 3);
  EXPECT_EQ(NoAnswerOf(result).failure->status, 503);
  EXPECT_EQ(NoAnswerOf(result).body, "{}");
  EXPECT_EQ(NoAnswerOf(result).candidate->provider, 2U);
}

TEST_F(AttemptLoopTest, TheOnlyOneIsAskedAgainAfterAWait) {
  plan_ = Plan();
  plan_.Add({0, 0});
  Providers({Status(503), Good()});
  Started run(loop_, attempts_->Run(plan_));
  EXPECT_FALSE(run.ended());
  EXPECT_EQ(upstream_->sent.size(), 1U);
  // The jitter of a first wait is at most a second.
  loop_.Pass(absl::Seconds(1));
  const AttemptsResult result = run.Result();
  EXPECT_EQ(AnswerOf(result).held(), "good body");
  EXPECT_EQ(result.attempts, 2);
}

TEST_F(AttemptLoopTest, WhatMayBeWorkAlreadyIsNotSentAgain) {
  request_.replay = Replay::kForbidden;
  EXPECT_EQ(Run({Status(500)}).attempts, 1);
  EXPECT_EQ(Run({FakeAnswer{kJson, {absl::UnavailableError("cut")}}}).attempts,
            1);
  EXPECT_EQ(AnswerOf(Run({Refused(), Good()})).held(), "good body");
  EXPECT_EQ(AnswerOf(Run({Status(429), Good()})).held(), "good body");
}

TEST_F(AttemptLoopTest, ARefusedCredentialIsBenched) {
  Run({Status(401), Good()});
  EXPECT_THAT(upstream_->sent[0].bytes, HasSubstr("key-of-p0"));
  Run({Good()});
  EXPECT_THAT(upstream_->sent[0].bytes, HasSubstr("Bearer second"));
}

TEST_F(AttemptLoopTest, ProvidersAtTheirLimitAreSkipped) {
  hand_.config().providers[0].max_concurrent = 1;
  Providers({Hangs()});
  Started first(loop_, attempts_->Run(plan_));
  loop_.Settle();
  const Limit& places = *snapshot_.quotas->providers[0].concurrent;
  EXPECT_EQ(places.held(), 1U);

  testing::FakeUpstream free({Good()});
  const AttemptContext context{free,        budget_,     random_,
                               loop_.clock, loop_.wheel, [] {}};
  Interrupt interrupt(loop_.wheel);
  RepeatedUpstreamHead head;
  AttemptLoop second(context, request_, "/", *view_, interrupt, head);
  const AttemptsResult result = loop_.Run(second.Run(plan_));
  EXPECT_EQ(AnswerOf(result).candidate.provider, 1U);
  EXPECT_EQ(result.attempts, 1);

  interrupt_.Raise(Interrupt::Why::kShutdown);
  first.Result();
  EXPECT_EQ(places.held(), 0U);
  const auto again = TakePlace(0);
  EXPECT_TRUE(again.has_value());
  EXPECT_FALSE(TakePlace(0).has_value()) << "it was given back once";
}

TEST_F(AttemptLoopTest, AllAtTheirLimitIsSaidAtOnce) {
  hand_.config().providers[0].max_concurrent = 1;
  plan_ = Plan();
  plan_.Add({0, 0});
  Providers({});
  const auto taken = TakePlace(0);
  const AttemptsResult result = loop_.Run(attempts_->Run(plan_));
  EXPECT_TRUE(NoAnswerOf(result).at_capacity);
  EXPECT_FALSE(NoAnswerOf(result).failure.has_value());
  EXPECT_EQ(result.attempts, 0);
}

TEST_F(AttemptLoopTest, ALateAnswerIsSoughtElsewhere) {
  Providers({Hangs(), Good()});
  Started run(loop_, attempts_->Run(plan_));
  loop_.Pass(absl::Seconds(29));
  EXPECT_FALSE(run.ended());
  loop_.Pass(absl::Seconds(1));
  const AttemptsResult result = run.Result();
  EXPECT_EQ(AnswerOf(result).candidate.provider, 1U);
  EXPECT_EQ(view_->targets[0]->counters.last_error, "timed out");
  EXPECT_EQ(interrupt_.why(), Interrupt::Why::kNone);
}

TEST_F(AttemptLoopTest, AClientThatLeavesEndsItAtOnceAndHurtsNobody) {
  Providers({Hangs()});
  Started run(loop_, attempts_->Run(plan_));
  loop_.Settle();
  interrupt_.Raise(Interrupt::Why::kClientGone);
  const AttemptsResult result = run.Result();
  EXPECT_EQ(NoAnswerOf(result).failure->blame, Blame::kNobody);
  EXPECT_THAT(Asked(), ElementsAre("p0"));
  EXPECT_EQ(Counts(0).cancelled, 1U);
  EXPECT_EQ(view_->targets[0]->counters.in_flight, 0U);
}

TEST_F(AttemptLoopTest, AClientThatLeavesEndsAWait) {
  plan_ = Plan();
  plan_.Add({0, 0});
  FakeAnswer busy = Status(503);
  busy.head += "retry-after: 2\r\n";
  Providers({std::move(busy)});
  Started run(loop_, attempts_->Run(plan_));
  loop_.Settle();
  EXPECT_FALSE(run.ended());
  interrupt_.Raise(Interrupt::Why::kClientGone);
  EXPECT_EQ(NoAnswerOf(run.Result()).failure->blame, Blame::kNobody);
  EXPECT_EQ(upstream_->sent.size(), 1U);
}

TEST_F(AttemptLoopTest, AStreamIsHeldBackUntilItMeansSomething) {
  Providers({FakeAnswer{
      kStream, {": hi\n\n", std::string(kRole), Says("a"), Says("b")}}});
  const AttemptsResult result = loop_.Run(attempts_->Run(plan_));
  EXPECT_TRUE(AnswerOf(result).is_stream);
  EXPECT_FALSE(AnswerOf(result).complete);
  EXPECT_EQ(AnswerOf(result).held(),
            ": hi\n\n" + std::string(kRole) + Says("a"));
}

TEST_F(AttemptLoopTest, AStreamIsHeldBackForTenSecondsAtMost) {
  for (const std::string& preamble : {std::string(kRole), std::string()}) {
    FakeAnswer slow{kStream, {Silence{}, Says("late")}};
    if (!preamble.empty()) slow.pieces.push_front(preamble);
    Providers({std::move(slow)});
    Started run(loop_, attempts_->Run(plan_));
    loop_.Pass(absl::Seconds(9));
    EXPECT_FALSE(run.ended());
    loop_.Pass(absl::Seconds(1));
    const AttemptsResult result = run.Result();
    EXPECT_EQ(AnswerOf(result).held(), preamble);
    EXPECT_EQ(Counts(0).endpoint_failures, 0U);
  }
}

TEST_F(AttemptLoopTest, AnEmptyStreamWithItsEndIsAnAnswer) {
  const AttemptsResult result =
      Run({FakeAnswer{kStream, {std::string(kDone), Last{}}}});
  EXPECT_EQ(AnswerOf(result).held(), kDone);
}

TEST_F(AttemptLoopTest, ALargeBodyIsCommittedBeforeItsEnd) {
  FakeAnswer large{"HTTP/1.1 200 OK\r\ncontent-length: 3000000\r\n", {}};
  for (int i = 0; i < 3; ++i) large.pieces.push_back(std::string(600'000, 'x'));
  const AttemptsResult result = Run({std::move(large)});
  EXPECT_EQ(AnswerOf(result).held().size(), 1'200'000U);
  EXPECT_FALSE(AnswerOf(result).complete);
}

TEST_F(AttemptLoopTest, NewsOfATargetAreToldOnce) {
  Run({Refused(), Good()});
  EXPECT_EQ(news_, 1);
  Run({Refused(), Good()});
  EXPECT_EQ(news_, 1);
  Run({Good()});
  EXPECT_EQ(news_, 2);
}

}  // namespace
}  // namespace weir::dataplane
