#include "dataplane/attempt/retry.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/retry_budget.h"
#include "dataplane/plan/plan.h"
#include "dataplane/request.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_random.h"

namespace weir::dataplane {
namespace {

using Pool = Retry::Pool;

const absl::Time kNow = absl::FromUnixSeconds(1000);

Failure Make(Blame blame, Stage stage) {
  Failure failure{};
  failure.blame = blame;
  failure.stage = stage;
  return failure;
}

const Failure kRefused = Make(Blame::kEndpoint, Stage::kConnect);
const Failure kUnanswered = Make(Blame::kEndpoint, Stage::kUnanswered);
const Failure kBroken = Make(Blame::kEndpoint, Stage::kAnswering);
const Failure kLimited = Make(Blame::kRateLimited, Stage::kAnswering);
const Failure kKeyRefused = Make(Blame::kCredential, Stage::kAnswering);
const Failure kNoSuchModel = Make(Blame::kTarget, Stage::kAnswering);
const Failure kTooLong = Make(Blame::kClient, Stage::kAnswering);
const Failure kClientLeft = Make(Blame::kNobody, Stage::kAnswering);

// Over as many candidates as the test says: providers 0, 1, 2, ...
class RetryTest : public ::testing::Test {
 protected:
  Retry& Over(std::size_t candidates, Replay replay = Replay::kAllowed) {
    plan_ = Plan();
    for (std::uint32_t i = 0; i < candidates; ++i) plan_.Add({i, i});
    return retry_.emplace(plan_, replay, budget_, kNow + absl::Seconds(30));
  }

  void EmptyTheBudget() {
    while (budget_.Take(now_)) {
    }
  }

  // What it does next: the provider tried, `wait 1s` or `stop`.
  std::string Next(double random = 0.5) {
    testing::FakeRandom chance({random});
    const Retry::Step step = retry_->Next(now_, chance);
    if (const auto* next = std::get_if<Retry::Try>(&step)) {
      asked_ = next->candidate;
      return std::to_string(next->candidate.provider);
    }
    if (const auto* wait = std::get_if<Retry::Wait>(&step)) {
      return "wait " + absl::FormatDuration(wait->delay);
    }
    return "stop";
  }

  void Fail(const Failure& failure, Pool pool) {
    retry_->OnFailure(asked_, failure, pool);
  }

  // The same, after a first attempt that ended by `failure`.
  std::string After(const Failure& failure) {
    EXPECT_EQ(Next(), "0");
    Fail(failure, pool_);
    return Next();
  }

  Plan plan_;
  RetryBudget budget_;
  std::optional<Retry> retry_;
  Candidate asked_;
  Pool pool_ = Pool::kExhausted;
  absl::Time now_ = kNow;
};

TEST_F(RetryTest, WithoutCandidatesThereIsNothingToTry) {
  Over(0);
  EXPECT_EQ(Next(), "stop");
  EXPECT_EQ(retry_->attempts(), 0);
}

TEST_F(RetryTest, ThreeAttemptsAreTheMost) {
  Over(8);
  for (const std::string provider : {"0", "1", "2"}) {
    EXPECT_EQ(Next(), provider);
    Fail(kRefused, Pool::kExhausted);
  }
  EXPECT_EQ(retry_->attempts(), 3);
  EXPECT_EQ(Next(), "stop");
}

TEST_F(RetryTest, EveryFailureMovesToAnotherCandidate) {
  for (const Failure& failure :
       {kRefused, kUnanswered, kBroken, kLimited, kKeyRefused, kNoSuchModel}) {
    Over(2);
    EXPECT_EQ(After(failure), "1");
  }
}

TEST_F(RetryTest, NothingIsTriedForAClientThatLeft) {
  Over(2);
  EXPECT_EQ(After(kClientLeft), "stop");
}

TEST_F(RetryTest, SomebodyElseMayBeConnectedWhereNoDescriptorIsLeft) {
  Failure failure = Make(Blame::kNobody, Stage::kConnect);
  failure.short_of_files = true;
  Over(2, Replay::kForbidden);
  EXPECT_EQ(After(failure), "1");
  Over(1);
  EXPECT_EQ(After(failure), "stop");
}

TEST_F(RetryTest, LongWorkIsNotRepeated) {
  Failure failure = kBroken;
  failure.after_long_work = true;
  Over(2);
  EXPECT_EQ(After(failure), "stop");
}

TEST_F(RetryTest, WhatMayHaveBeenDoneIsNotSentTwiceWhereThatHarms) {
  for (const Failure& failure : {kUnanswered, kBroken}) {
    Over(2, Replay::kForbidden);
    EXPECT_EQ(After(failure), "stop");
  }
  // Nobody saw it, or whoever saw it said no.
  for (const Failure& failure :
       {kRefused, kLimited, kKeyRefused, kNoSuchModel}) {
    Over(2, Replay::kForbidden);
    EXPECT_EQ(After(failure), "1");
  }
}

TEST_F(RetryTest, RetriesOfAnswersTakeFromTheBudget) {
  EmptyTheBudget();
  for (const Failure& failure : {kBroken, kLimited, kKeyRefused}) {
    Over(2);
    EXPECT_EQ(After(failure), "stop");
  }
}

TEST_F(RetryTest, FailoverOfConnectionsTakesNothingFromTheBudget) {
  EmptyTheBudget();
  for (const Failure& failure : {kRefused, kUnanswered}) {
    Over(2);
    EXPECT_EQ(After(failure), "1");
  }
}

TEST_F(RetryTest, WhatWasSkippedDoesNotCount) {
  Over(8);
  EXPECT_EQ(Next(), "0");
  retry_->OnSkipped();
  EXPECT_EQ(retry_->attempts(), 0);
  for (const std::string provider : {"1", "2", "3"}) {
    EXPECT_EQ(Next(), provider);
    Fail(kRefused, Pool::kExhausted);
  }
  EXPECT_EQ(Next(), "stop");
}

TEST_F(RetryTest, AHedgeTakesTheNextCandidateAndCounts) {
  Over(8);
  EXPECT_EQ(Next(), "0");
  retry_->OnHedged();
  Fail(kRefused, Pool::kExhausted);
  Fail(kRefused, Pool::kExhausted);
  EXPECT_EQ(Next(), "2");
  EXPECT_EQ(retry_->attempts(), 3);
  Fail(kRefused, Pool::kExhausted);
  EXPECT_EQ(Next(), "stop");
}

TEST_F(RetryTest, WithoutACandidateThatHasRoomThereIsNoWait) {
  Over(2);
  EXPECT_EQ(Next(), "0");
  retry_->OnSkipped();
  EXPECT_EQ(Next(), "1");
  retry_->OnSkipped();
  EXPECT_EQ(Next(), "stop");
  EXPECT_EQ(retry_->attempts(), 0);
}

TEST_F(RetryTest, AFailureTakesFromTheBudgetOnce) {
  EmptyTheBudget();
  now_ += absl::Milliseconds(100);  // One is free again.
  Over(3);
  EXPECT_EQ(After(kBroken), "1");
  retry_->OnSkipped();
  EXPECT_EQ(Next(), "2");
  Fail(kBroken, Pool::kExhausted);
  EXPECT_EQ(Next(), "stop");
}

TEST_F(RetryTest, TheLastOneLeftIsAskedAgainAfterAWhile) {
  Over(1);
  EXPECT_EQ(After(kBroken), "wait 500ms");
  EXPECT_EQ(Next(), "0");
  Fail(kRefused, Pool::kExhausted);
  EXPECT_EQ(Next(), "wait 1s");
  EXPECT_EQ(Next(), "0");
  Fail(kRefused, Pool::kExhausted);
  EXPECT_EQ(Next(), "stop");
  EXPECT_EQ(retry_->attempts(), 3);
}

TEST_F(RetryTest, AfterAllOthersTheFirstIsAskedAgain) {
  Over(2);
  EXPECT_EQ(After(kRefused), "1");
  Fail(kRefused, Pool::kExhausted);
  EXPECT_EQ(Next(0.25), "wait 500ms");
  EXPECT_EQ(Next(), "0");
}

TEST_F(RetryTest, WaitingBringsNoOtherKeyOrModel) {
  for (const Failure& failure : {kKeyRefused, kNoSuchModel}) {
    Over(1);
    EXPECT_EQ(After(failure), "stop");
  }
}

TEST_F(RetryTest, AShortHintIsObeyedAndALongOneIsLeftToTheClient) {
  Failure limited = kLimited;
  limited.retry_after = absl::Milliseconds(1500);
  Over(1);
  EXPECT_EQ(After(limited), "wait 1.5s");
  limited.retry_after = absl::Seconds(2);
  Over(1);
  EXPECT_EQ(After(limited), "wait 2s");
  limited.retry_after = absl::Milliseconds(2001);
  Over(1);
  EXPECT_EQ(After(limited), "stop");
  // It holds for that target only.
  Over(2);
  EXPECT_EQ(After(limited), "1");
  // It is a lower bound: many clients must not come back at once.
  limited.retry_after = absl::Milliseconds(100);
  Over(1);
  EXPECT_EQ(After(limited), "wait 500ms");
}

TEST_F(RetryTest, NothingBeginsAtOrAfterTheDeadline) {
  Over(2);
  now_ = kNow + absl::Seconds(30);
  EXPECT_EQ(Next(), "stop");
  Over(2);
  now_ -= absl::Nanoseconds(1);
  EXPECT_EQ(Next(), "0");
}

TEST_F(RetryTest, NobodyWaitsForTheDeadline) {
  Over(1);
  now_ = kNow + absl::Seconds(30) - absl::Milliseconds(500);
  EXPECT_EQ(After(kBroken), "stop");
  Over(1);
  now_ -= absl::Milliseconds(1);
  EXPECT_EQ(After(kBroken), "wait 500ms");
}

TEST_F(RetryTest, AnotherCredentialComesAfterTheOtherTargets) {
  for (const Failure& failure : {kKeyRefused, kLimited}) {
    Over(2);
    pool_ = Pool::kHasAnother;
    EXPECT_EQ(After(failure), "1");
    Fail(kBroken, Pool::kExhausted);
    EXPECT_EQ(Next(), "0");
  }
}

TEST_F(RetryTest, AnotherCredentialComesBeforeOtherModels) {
  Over(1);
  plan_.Add({1, 1, /*model=*/1});
  pool_ = Pool::kHasAnother;
  EXPECT_EQ(After(kKeyRefused), "0");
  Fail(kKeyRefused, Pool::kExhausted);
  EXPECT_EQ(Next(), "1");
}

TEST_F(RetryTest, WithoutAnotherCredentialThereIsNothingToWaitFor) {
  Over(1);
  EXPECT_EQ(After(kKeyRefused), "stop");
  Over(1);
  pool_ = Pool::kHasAnother;
  EXPECT_EQ(After(kKeyRefused), "0");
  Fail(kKeyRefused, Pool::kHasAnother);
  EXPECT_EQ(Next(), "0");
  Fail(kKeyRefused, Pool::kHasAnother);
  // The third attempt was the last.
  EXPECT_EQ(Next(), "stop");
}

TEST_F(RetryTest, AProviderThatIsFullAfterAWaitIsTheEnd) {
  Over(1);
  EXPECT_EQ(After(kBroken), "wait 500ms");
  EXPECT_EQ(Next(), "0");
  retry_->OnSkipped();
  EXPECT_EQ(Next(), "stop");
  EXPECT_EQ(retry_->attempts(), 1);
}

TEST_F(RetryTest, AFullProviderBeforeTheWaitIsNot) {
  Over(2);
  EXPECT_EQ(After(kBroken), "1");
  retry_->OnSkipped();
  EXPECT_EQ(Next(), "wait 500ms");
  EXPECT_EQ(Next(), "0");
}

TEST_F(RetryTest, CandidatesCanBeSkipped) {
  Over(3);
  EXPECT_EQ(Next(), "0");
  Fail(kTooLong, Pool::kExhausted);
  ASSERT_EQ(retry_->rest().size(), 2U);
  retry_->Skip(1);
  EXPECT_EQ(Next(), "2");
  Fail(kTooLong, Pool::kExhausted);
  EXPECT_EQ(Next(), "stop");
}

class RetryBudgetTest : public ::testing::Test {
 protected:
  int TakeAll(absl::Time now) {
    int taken = 0;
    while (taken < 1000 && budget_.Take(now)) ++taken;
    return taken;
  }
  RetryBudget budget_;
};

TEST_F(RetryBudgetTest, BeginsWithTenSecondsWorth) {
  EXPECT_EQ(TakeAll(kNow), 100);
}

TEST_F(RetryBudgetTest, TenASecondAreFree) {
  TakeAll(kNow);
  EXPECT_EQ(TakeAll(kNow + absl::Milliseconds(99)), 0);
  EXPECT_EQ(TakeAll(kNow + absl::Milliseconds(1099)), 10);
  EXPECT_EQ(TakeAll(kNow + absl::Hours(1)), 100);
}

TEST_F(RetryBudgetTest, EveryFifthRequestEarnsOne) {
  TakeAll(kNow);
  for (int i = 0; i < 4; ++i) budget_.OnRequest();
  EXPECT_FALSE(budget_.Take(kNow));
  // 51 in all.
  for (int i = 0; i < 47; ++i) budget_.OnRequest();
  EXPECT_EQ(TakeAll(kNow), 10);
}

TEST_F(RetryBudgetTest, NoMoreThanAHundredAreSaved) {
  for (int i = 0; i < 10'000; ++i) budget_.OnRequest();
  EXPECT_EQ(TakeAll(kNow), 100);
}

}  // namespace
}  // namespace weir::dataplane
