// Two attempts side by side, from whether to who wins.
#include "dataplane/attempt/hedge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/config/effective.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"
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
using testing::Started;

constexpr absl::Duration kAfter = absl::Milliseconds(200);

// One model with targets at p0, p1 and p2, hedged after 200 ms.
class HedgeTest : public AttemptLoopTest {
 protected:
  HedgeTest() {
    hand_.AddModel("m", {0, 1, 2});
    model_ = static_cast<ModelIndex>(hand_.config().models.size() - 1);
    first_ = hand_.config().models[model_].first_target;
    SetHedge({kAfter, 1});
    plan_ = Plan();
    for (ProviderIndex i = 0; i < 3; ++i) plan_.Add(Target(i));
    request_.model = model_;
  }

  Candidate Target(ProviderIndex provider) const {
    return {provider, first_ + provider, model_};
  }
  void SetHedge(const config::Hedge& hedge) {
    hand_.config().models[model_].hedge = hedge;
  }
  const AttemptCounts& CountsAt(ProviderIndex provider) const {
    return Counts(first_ + provider);
  }

  ModelIndex model_ = 0;
  TargetIndex first_ = 0;
};

TEST_F(HedgeTest, AQuickFirstIsAlone) {
  const AttemptsResult result = Run({Good()});
  EXPECT_EQ(result.attempts, 1);
  EXPECT_EQ(result.hedge, HedgeOutcome::kNone);
  EXPECT_THAT(Asked(), ElementsAre("p0"));
}

TEST_F(HedgeTest, TheSecondAnswersForAFirstThatIsSlow) {
  Providers({Hangs(), Good()});
  Started run(loop_, attempts_->Run(plan_));
  loop_.Pass(kAfter);
  const AttemptsResult result = run.Result();
  EXPECT_EQ(AnswerOf(result).held(), "good body");
  EXPECT_EQ(AnswerOf(result).candidate, Target(1));
  EXPECT_EQ(result.attempts, 2);
  EXPECT_EQ(result.hedge, HedgeOutcome::kWon);
  EXPECT_THAT(Asked(), ElementsAre("p0", "p1"));
  // The first is nobody's fault, and took at least so long.
  EXPECT_EQ(CountsAt(0).cancelled, 1U);
  EXPECT_EQ(CountsAt(0).endpoint_failures, 0U);
  EXPECT_EQ(view_->targets[first_]->counters.latency.count(), 1U);
  EXPECT_EQ(view_->targets[first_]->counters.in_flight, 0U);
  EXPECT_EQ(CountsAt(1).successes, 1U);
}

TEST_F(HedgeTest, BothAreRememberedWithTheirRoles) {
  Providers({Hangs(), Good()});
  Started run(loop_, attempts_->Run(plan_));
  loop_.Pass(kAfter);
  run.Result();
  ASSERT_EQ(records_.items().size(), 2U);
  EXPECT_EQ(records_.items()[0].role, RaceRole::kFirst);
  EXPECT_EQ(records_.items()[0].held_against, HeldAgainst::kNobody);
  EXPECT_EQ(records_.items()[0].reason.view(), "another attempt was quicker");
  EXPECT_EQ(records_.items()[1].role, RaceRole::kHedge);
  EXPECT_EQ(records_.items()[1].held_against, HeldAgainst::kNobodyItSucceeded);
}

TEST_F(HedgeTest, AFirstThatFailsInTimeIsFollowedAsEver) {
  const AttemptsResult result = Run({Refused(), Good()});
  EXPECT_EQ(result.hedge, HedgeOutcome::kNone);
  EXPECT_EQ(result.attempts, 2);
  EXPECT_EQ(AnswerOf(result).candidate, Target(1));
}

TEST_F(HedgeTest, ASecondThatFailsLeavesTheFirstItsTime) {
  hand_.config().providers[0].timeouts.normal = absl::Seconds(1);
  Providers({Hangs(), Status(500), Good()});
  Started run(loop_, attempts_->Run(plan_));
  loop_.Pass(kAfter);
  EXPECT_FALSE(run.ended());
  EXPECT_THAT(Asked(), ElementsAre("p0", "p1"));
  // The first's own deadline; then the third is tried.
  loop_.Pass(absl::Seconds(1));
  const AttemptsResult result = run.Result();
  EXPECT_EQ(AnswerOf(result).candidate, Target(2));
  EXPECT_EQ(result.attempts, 3);
  EXPECT_EQ(result.hedge, HedgeOutcome::kLost);
  EXPECT_EQ(CountsAt(0).endpoint_failures, 1U);
  EXPECT_EQ(CountsAt(1).endpoint_failures, 1U);
}

io::Task<absl::StatusOr<BodyPiece>> ReadBody(Exchange& exchange) {
  co_return co_await exchange.ReadBody();
}

TEST_F(HedgeTest, TheWinnersAnswerEndsWithTheClient) {
  Providers(
      {Hangs(), FakeAnswer{kStream, {std::string(testing::Says("hello"))}}});
  Started run(loop_, attempts_->Run(plan_));
  loop_.Pass(kAfter);
  AttemptsResult result = run.Result();
  Answer& answer = *std::get<std::unique_ptr<Answer>>(result.outcome);
  Started read(loop_, ReadBody(*answer.exchange));
  EXPECT_FALSE(read.ended());
  interrupt_.Raise(Interrupt::Why::kClientGone);
  EXPECT_TRUE(absl::IsCancelled(read.Result().status()));
}

TEST_F(HedgeTest, AClientThatLeavesEndsBoth) {
  Providers({Hangs(), Hangs()});
  Started run(loop_, attempts_->Run(plan_));
  loop_.Pass(kAfter);
  EXPECT_THAT(Asked(), ElementsAre("p0", "p1"));
  interrupt_.Raise(Interrupt::Why::kClientGone);
  const AttemptsResult result = run.Result();
  EXPECT_EQ(NoAnswerOf(result).failure->blame, Blame::kNobody);
  EXPECT_EQ(CountsAt(0).cancelled, 1U);
  EXPECT_EQ(CountsAt(1).cancelled, 1U);
  // Nobody was outrun: the client's patience is no target's latency.
  EXPECT_EQ(view_->targets[first_]->counters.latency.count(), 0U);
  EXPECT_EQ(view_->targets[first_]->counters.in_flight, 0U);
  EXPECT_EQ(view_->targets[first_ + 1]->counters.in_flight, 0U);
}

TEST_F(HedgeTest, AClientThatLeavesEarlyStartsNoSecond) {
  Providers({Hangs()});
  Started run(loop_, attempts_->Run(plan_));
  interrupt_.Raise(Interrupt::Why::kClientGone);
  EXPECT_EQ(run.Result().attempts, 1);
  EXPECT_THAT(Asked(), ElementsAre("p0"));
}

TEST_F(HedgeTest, WithoutBudgetTheFirstIsWaitedFor) {
  SetHedge({kAfter, 0});
  Providers({Hangs()});
  // The one that a worker begins with.
  EXPECT_TRUE(view_->models[model_]->hedges.Take());
  Started run(loop_, attempts_->Run(plan_));
  loop_.Pass(kAfter);
  EXPECT_FALSE(run.ended());
  EXPECT_THAT(Asked(), ElementsAre("p0"));
  interrupt_.Raise(Interrupt::Why::kShutdown);
  EXPECT_EQ(run.Result().attempts, 1);
}

TEST_F(HedgeTest, BothHavePlacesAndGiveThemBackOnce) {
  hand_.config().providers[0].max_concurrent = 1;
  hand_.config().providers[1].max_concurrent = 1;
  Providers({Hangs(), Good()});
  Started run(loop_, attempts_->Run(plan_));
  EXPECT_FALSE(TakePlace(0).has_value());
  loop_.Pass(kAfter);
  {
    const AttemptsResult result = run.Result();
    EXPECT_EQ(AnswerOf(result).candidate, Target(1));
    EXPECT_FALSE(TakePlace(1).has_value()) << "the answer has not been read";
    EXPECT_TRUE(TakePlace(0).has_value());
  }
  for (const ProviderIndex provider : {0U, 1U}) {
    const auto place = TakePlace(provider);
    EXPECT_TRUE(place.has_value());
    EXPECT_FALSE(TakePlace(provider).has_value());
  }
}

// It was free when the first began.
TEST_F(HedgeTest, ATargetThatFilledUpMeanwhileIsNoSecond) {
  hand_.config().providers[1].max_concurrent = 1;
  Providers({Hangs()});
  Started run(loop_, attempts_->Run(plan_));
  const auto taken = TakePlace(1);
  ASSERT_TRUE(taken.has_value());
  loop_.Pass(kAfter);
  EXPECT_THAT(Asked(), ElementsAre("p0"));
  interrupt_.Raise(Interrupt::Why::kShutdown);
  run.Result();
}

TEST_F(HedgeTest, ATargetAtItsLimitIsNoSecond) {
  hand_.config().providers[1].max_concurrent = 1;
  Providers({Hangs()});
  const auto taken = TakePlace(1);
  Started run(loop_, attempts_->Run(plan_));
  loop_.Pass(kAfter);
  EXPECT_THAT(Asked(), ElementsAre("p0"));
  interrupt_.Raise(Interrupt::Why::kShutdown);
  run.Result();
}

// PlanHedge alone.
class PlanHedgeTest : public HedgeTest {
 protected:
  std::optional<absl::Duration> After() {
    Providers({});
    const std::optional<Hedge> hedge =
        PlanHedge(request_, Target(0), plan_.candidates().subspan(1), *view_,
                  loop_.clock.Now());
    if (!hedge.has_value()) return std::nullopt;
    EXPECT_EQ(hedge->second, Target(1));
    return hedge->after;
  }
};

TEST_F(PlanHedgeTest, TakesTheStatedTime) { EXPECT_EQ(After(), kAfter); }

TEST_F(PlanHedgeTest, TakesTheP95WhereNoneIsStated) {
  SetHedge({std::nullopt, 1});
  EXPECT_EQ(After(), std::nullopt);
  for (int i = 0; i < 20; ++i) {
    view_->targets[first_]->counters.latency.Add(absl::Milliseconds(100));
  }
  loop_.clock.Advance(absl::Seconds(1));
  ASSERT_TRUE(After().has_value());
  EXPECT_NEAR(absl::ToDoubleMilliseconds(*After()), 100, 5);
}

TEST_F(PlanHedgeTest, IsOffByDefault) {
  hand_.config().models[model_].hedge.reset();
  EXPECT_EQ(After(), std::nullopt);
}

TEST_F(PlanHedgeTest, WorkThatMayNotBeDoneTwiceIsNot) {
  request_.replay = Replay::kForbidden;
  EXPECT_EQ(After(), std::nullopt);
}

TEST_F(PlanHedgeTest, AnotherModelIsNoSecond) {
  plan_ = Plan();
  plan_.Add(Target(0));
  plan_.Add({1, 1, 1});
  EXPECT_EQ(After(), std::nullopt);
}

TEST_F(PlanHedgeTest, WithoutAnotherTargetThereIsNone) {
  plan_ = Plan();
  plan_.Add(Target(0));
  EXPECT_EQ(After(), std::nullopt);
}

}  // namespace
}  // namespace weir::dataplane
