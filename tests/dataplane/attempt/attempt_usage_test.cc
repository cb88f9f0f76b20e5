// What attempts that nobody gets to see are paid for.

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/config/effective.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/plan/plan.h"
#include "dataplane/snapshot.h"
#include "dataplane/usage/mapping.h"
#include "dataplane/usage/slot_table.h"
#include "dataplane/usage/usage_book.h"
#include "dataplane/usage/usage_slot.h"
#include "tests/dataplane/attempt/attempt_loop_fixture.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/fake_upstream.h"
#include "tests/dataplane/peers/test_loop.h"

namespace weir::dataplane {
namespace {

using testing::FakeAnswer;
using testing::Started;

// The request's body has 13 bytes.
constexpr std::uint32_t kInputEstimate = 4;

class AttemptUsageTest : public AttemptLoopTest {
 protected:
  AttemptUsageTest() {
    auto mapping = Mapping::Anonymous(SlotTable::BytesFor(8));
    table_ = SlotTable::Format(*std::move(mapping), 1, 8);
    book_.emplace(table_.get(), loop_.clock);
    usage_ = &*book_;
  }
  const UsageSlot& Slot(std::size_t index) { return table_->all()[index]; }
  SlotState State(std::size_t index) {
    return StateOf(LoadState(table_->all()[index]));
  }
  // Of an attempt that failed.
  void ExpectSettled(std::size_t index, UsageSource source, std::uint32_t input,
                     std::uint32_t output, int failed) {
    EXPECT_EQ(State(index), SlotState::kEnded);
    const SlotEnd& end = Slot(index).end;
    EXPECT_EQ(end.source, source);
    EXPECT_EQ(end.tokens[kFreshInput], input);
    EXPECT_EQ(end.tokens[kOutput], output);
    EXPECT_EQ(end.failed, failed);
    EXPECT_EQ(end.answered, 0);
  }

  std::unique_ptr<SlotTable> table_;
  std::optional<UsageBook> book_;
};

TEST_F(AttemptUsageTest, RefusalsAreFreeAndTheAnswerStaysOpen) {
  {
    const AttemptsResult result = Run({Refused(), Status(500), Good()});
    ExpectSettled(0, UsageSource::kReported, 0, 0, 1);
    ExpectSettled(1, UsageSource::kReported, 0, 0, 1);
    EXPECT_EQ(State(2), SlotState::kOpen);
    EXPECT_EQ(Slot(2).input_estimate, kInputEstimate);
  }
  // Nobody settled it.
  EXPECT_EQ(State(2), SlotState::kEnded);
  EXPECT_EQ(Slot(2).end.source, UsageSource::kInterrupted);
}

TEST_F(AttemptUsageTest, AnAnswerThatIsCutShortIsPaidForAsFarAsItCame) {
  Run({FakeAnswer{kJson, {"12345678", absl::UnavailableError("reset")}},
       Good()});
  ExpectSettled(0, UsageSource::kPartial, kInputEstimate, 2, 1);
}

TEST_F(AttemptUsageTest, AStreamThatIsCutShortToo) {
  // A role is no content, so the client has nothing of it.
  Run({FakeAnswer{
           kStream,
           {std::string(testing::kRole), absl::UnavailableError("reset")}},
       Good()});
  ExpectSettled(0, UsageSource::kPartial, kInputEstimate, 1, 1);
}

TEST_F(AttemptUsageTest, OneThatTookTooLongIsPaidFor) {
  hand_.config().providers[0].timeouts.normal = absl::Seconds(1);
  Providers({Hangs(), Good()});
  Started run(loop_, attempts_->Run(plan_));
  loop_.Pass(absl::Seconds(1));
  const AttemptsResult result = run.Result();
  ExpectSettled(0, UsageSource::kCancelled, kInputEstimate, 0, 1);
}

TEST_F(AttemptUsageTest, OneWhoseClientLeftIsPaidForAndNobodysFailure) {
  Providers({Hangs()});
  Started run(loop_, attempts_->Run(plan_));
  interrupt_.Raise(Interrupt::Why::kClientGone);
  run.Result();
  ExpectSettled(0, UsageSource::kCancelled, kInputEstimate, 0, 0);
}

TEST_F(AttemptUsageTest, WhoLosesARaceIsPaidFor) {
  hand_.AddModel("m", {0, 1});
  const auto model = static_cast<ModelIndex>(hand_.config().models.size() - 1);
  const TargetIndex first = hand_.config().models[model].first_target;
  hand_.config().models[model].hedge =
      config::Hedge{absl::Milliseconds(200), 1};
  plan_ = Plan();
  plan_.Add({0, first, model});
  plan_.Add({1, first + 1, model});
  request_.model = model;
  Providers({Hangs(), Good()});
  Started run(loop_, attempts_->Run(plan_));
  loop_.Pass(absl::Milliseconds(200));
  const AttemptsResult result = run.Result();
  ExpectSettled(0, UsageSource::kCancelled, kInputEstimate, 0, 0);
  EXPECT_EQ(State(1), SlotState::kOpen);
}

}  // namespace
}  // namespace weir::dataplane
