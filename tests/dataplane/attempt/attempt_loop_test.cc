#include "dataplane/attempt/attempt_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/retry_budget.h"
#include "dataplane/http1/head.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/fake_upstream.h"
#include "tests/dataplane/peers/snapshot_by_hand.h"
#include "tests/dataplane/peers/test_loop.h"
#include "tests/testing/fake_random.h"

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

constexpr char kJson[] = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n";
constexpr char kStream[] =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
    "transfer-encoding: chunked\r\n";

FakeAnswer Status(int status) {
  return {"HTTP/1.1 " + std::to_string(status) +
              " Reason\r\ncontent-type: application/json\r\n"
              "content-length: 2\r\n",
          {Last{"{}"}}};
}
FakeAnswer Refusing(int status, const std::string& body,
                    const std::string& lines = {}) {
  return {"HTTP/1.1 " + std::to_string(status) +
              " Reason\r\ncontent-type: application/json\r\n" + lines +
              "content-length: " + std::to_string(body.size()) + "\r\n",
          {Last{body}}};
}
FakeAnswer TooLong() {
  return Refusing(400, R"({"error":{"code":"context_length_exceeded"}})");
}
FakeAnswer Good() { return {kJson, {Last{"good body"}}}; }
FakeAnswer Hangs() { return {kJson, {Silence{}}}; }
Failure Refused() {
  return {.blame = Blame::kEndpoint,
          .stage = Stage::kConnect,
          .reason = "connection refused",
          .status = std::nullopt,
          .retry_after = std::nullopt};
}

// A chat request for a model with a target at each of three providers, tried in
// the order p0, p1, p2.
class AttemptLoopTest : public ::testing::Test {
 protected:
  AttemptLoopTest() {
    for (const char* name : {"p0", "p1", "p2"}) {
      hand_.AddModel(std::string("m-") + name, {hand_.AddProvider(name, 1)});
    }
    hand_.config().providers[0].credentials.push_back(
        {"authorization: Bearer second\r\n", 1});
    http1::ParseRequestHead(head_bytes_, head_);
    request_.head = &head_;
    request_.body = R"({"model":"m"})";
    request_.endpoint = Endpoint::kChatCompletions;
    request_.id = "req_1";
    request_.received_at = loop_.clock.Now();
    for (ProviderIndex i = 0; i < 3; ++i) plan_.Add({i, i});
  }

  // With what providers say, in the order in which they are asked.
  void Providers(std::deque<FakeOutcome> outcomes) {
    upstream_.emplace(std::move(outcomes));
    snapshot_ = hand_.Build();
    request_.snapshot = &snapshot_;
    view_ = live_.Align(*snapshot_.config);
    context_.emplace(AttemptContext{*upstream_, budget_, random_, loop_.clock,
                                    loop_.wheel, 1, [this] { ++news_; }});
    attempts_.emplace(*context_, request_, "/chat/completions", *view_,
                      interrupt_, scratch_);
  }
  AttemptsResult Run(std::deque<FakeOutcome> outcomes) {
    Providers(std::move(outcomes));
    return loop_.Run(attempts_->Run(plan_));
  }
  std::vector<std::string> Asked() const {
    std::vector<std::string> names;
    for (const auto& sent : upstream_->sent) names.push_back(sent.provider);
    return names;
  }
  const AttemptCounts& Counts(TargetIndex target) const {
    return view_->targets[target]->counters.attempts;
  }

  testing::TestLoop loop_;
  testing::SnapshotByHand hand_;
  testing::FakeRandom random_{{0.0}};
  RetryBudget budget_;
  LiveState live_;
  Interrupt interrupt_;
  std::string scratch_;
  const std::string head_bytes_ =
      "POST /v1/chat/completions HTTP/1.1\r\nhost: h\r\n"
      "content-length: 13\r\n\r\n";
  http1::RequestHead head_;
  Request request_;
  Plan plan_;
  Snapshot snapshot_;
  std::optional<testing::FakeUpstream> upstream_;
  std::shared_ptr<const LiveState::View> view_;
  std::optional<AttemptContext> context_;
  std::optional<AttemptLoop> attempts_;
  int news_ = 0;
};

const Answer& AnswerOf(const AttemptsResult& result) {
  return std::get<Answer>(result.outcome);
}
const NoAnswer& NoAnswerOf(const AttemptsResult& result) {
  return std::get<NoAnswer>(result.outcome);
}

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
  const AttemptsResult result = Run({Status(503), Good()});
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
  EXPECT_EQ(view_->providers[0]->in_flight, 1U);

  testing::FakeUpstream free({Good()});
  const AttemptContext context{free,        budget_, random_, loop_.clock,
                               loop_.wheel, 1,       [] {}};
  Interrupt interrupt;
  std::string scratch;
  AttemptLoop second(context, request_, "/", *view_, interrupt, scratch);
  const AttemptsResult result = loop_.Run(second.Run(plan_));
  EXPECT_EQ(AnswerOf(result).candidate.provider, 1U);
  EXPECT_EQ(result.attempts, 1);

  interrupt_.Raise(Interrupt::Why::kShutdown);
  first.Result();
  EXPECT_EQ(view_->providers[0]->in_flight, 0U);
}

TEST_F(AttemptLoopTest, AllAtTheirLimitIsSaidAtOnce) {
  hand_.config().providers[0].max_concurrent = 1;
  plan_ = Plan();
  plan_.Add({0, 0});
  Providers({});
  const InFlight taken(*view_->targets[0], *view_->providers[0]);
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

TEST_F(AttemptLoopTest, AnotherCredentialOfTheOnlyTargetIsTriedAtOnce) {
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

TEST_F(AttemptLoopTest, ALimitIsOneCredentialsAtOneTarget) {
  const std::string hint = "retry-after: 20\r\n";
  Run({Refusing(429, "{}", hint), Good()});
  Run({Good()});
  EXPECT_THAT(upstream_->sent[0].bytes, HasSubstr("Bearer second"));
  EXPECT_EQ(view_->targets[0]->limits[0].paused_until,
            loop_.clock.Now() + absl::Seconds(20));
  EXPECT_EQ(view_->targets[0]->limits[1].paused_until, absl::InfinitePast());
}

TEST_F(AttemptLoopTest, WhatTheFleetKnowsToBeRefusedIsUsedLast) {
  hand_.weights().refused_credentials = {{0}, {}, {}};
  Run({Good()});
  EXPECT_THAT(upstream_->sent[0].bytes, HasSubstr("Bearer second"));
}

TEST_F(AttemptLoopTest, WhatIsLeftOfALimitIsKept) {
  FakeAnswer answer = Good();
  answer.head +=
      "x-ratelimit-limit-requests: 100\r\n"
      "x-ratelimit-remaining-requests: 5\r\n"
      "x-ratelimit-reset-requests: 20s\r\n";
  Run({std::move(answer)});
  const absl::Time now = loop_.clock.Now();
  EXPECT_EQ(view_->targets[0]->headroom.left(now), 0.05);
  EXPECT_EQ(view_->targets[0]->headroom.left(now + absl::Seconds(20)),
            std::nullopt);
}

TEST_F(AttemptLoopTest, ALongRequestGoesToTheFirstLargerModel) {
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

TEST_F(AttemptLoopTest, WithoutALargerModelTheClientIsTold) {
  hand_.config().models[0].context_tokens = 8'000;
  const AttemptsResult result = Run({TooLong()});
  EXPECT_EQ(AnswerOf(result).exchange->head().status, 400);
  EXPECT_THAT(Asked(), ElementsAre("p0"));
  EXPECT_EQ(Counts(0).client_errors, 1U);
}

TEST_F(AttemptLoopTest, AStreamThatSaysThatTheRequestIsWrongIsTheClients) {
  const std::string event =
      "data: {\"error\":{\"type\":\"invalid_request_error\"}}\n\n";
  const AttemptsResult result = Run({FakeAnswer{kStream, {event}}});
  EXPECT_EQ(AnswerOf(result).held(), event);
  EXPECT_TRUE(AnswerOf(result).recorded);
  EXPECT_EQ(Counts(0).client_errors, 1U);
}

TEST_F(AttemptLoopTest, SlowFailuresAreReplayedWhereTheModelSaysSo) {
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

TEST_F(AttemptLoopTest, TheRequestsOwnDeadlineIsNobodysFault) {
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

TEST_F(AttemptLoopTest, ADeadlineThatIsOverAlreadyBeginsNothing) {
  request_.deadline = loop_.clock.Now();
  const AttemptsResult result = Run({});
  EXPECT_EQ(result.attempts, 0);
  EXPECT_TRUE(NoAnswerOf(result).failure->timed_out);
}

TEST_F(AttemptLoopTest, OneAttemptMayNotTakeLongerThanItsTotal) {
  hand_.config().providers[0].timeouts.total = absl::Seconds(8);
  Providers({Hangs(), Good()});
  Started run(loop_, attempts_->Run(plan_));
  loop_.Pass(absl::Seconds(8));
  EXPECT_EQ(AnswerOf(run.Result()).candidate.provider, 1U);
  EXPECT_EQ(Counts(0).endpoint_failures, 1U);
}

TEST_F(AttemptLoopTest, AFullProviderAfterAFailureIsSaidSoonAfterOneWait) {
  hand_.config().providers[0].max_concurrent = 1;
  plan_ = Plan();
  plan_.Add({0, 0, 0});
  Providers({Status(503)});
  std::optional<InFlight> taken;
  upstream_->delay = [&] {
    taken.emplace(*view_->targets[1], *view_->providers[0]);
  };
  const AttemptsResult result = loop_.Run(attempts_->Run(plan_));
  EXPECT_TRUE(NoAnswerOf(result).at_capacity);
  EXPECT_EQ(result.attempts, 1);
}

TEST_F(AttemptLoopTest, AStreamIsNoSuccessBeforeItsEnd) {
  const AttemptsResult stream = Run({FakeAnswer{kStream, {Says("a")}}});
  EXPECT_FALSE(AnswerOf(stream).recorded);
  EXPECT_EQ(Counts(0).successes, 0U);
  EXPECT_EQ(view_->targets[0]->counters.latency.count(), 1U);
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
