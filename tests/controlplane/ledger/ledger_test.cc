#include "controlplane/ledger/ledger.h"

#include <cstdint>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/fake_usage_store.h"
#include "tests/controlplane/usage_samples.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::weir::testing::FakeClock;
using ::weir::testing::IsOk;

class LedgerTest : public ::testing::Test {
 protected:
  // Sender, boot, sequence.
  using Kept = std::tuple<Ledger::SenderId, std::uint64_t, std::uint64_t>;

  LedgerTest() {
    ledger_.Connect({[this](Ledger::SenderId sender, std::uint64_t boot,
                            std::uint64_t sequence) {
                       kept_.emplace_back(sender, boot, sequence);
                     },
                     [this] { ++rooms_; }});
  }
  UsageRow Row() {
    return Minute(clock_.WallNow(), {.attempts = 1, .output = 10});
  }
  void Fail() { store_.FailWith(absl::UnavailableError("the disk is full")); }
  void Recover() {
    store_.FailWith(absl::OkStatus());
    clock_.Advance(Ledger::kRetryAfter);
  }

  FakeClock clock_;
  FakeUsageStore store_;
  Ledger ledger_{store_, clock_};
  std::vector<Kept> kept_;
  int rooms_ = 0;
};

TEST_F(LedgerTest, NothingIsAcknowledgedBeforeItIsStored) {
  EXPECT_TRUE(ledger_.Offer(7, Batch(1, 1, {Row()})));
  EXPECT_THAT(kept_, IsEmpty());
  EXPECT_EQ(ledger_.stats().waiting_batches, 1U);
  ledger_.Write();
  EXPECT_THAT(kept_, ElementsAre(Kept(7, 1, 1)));
  EXPECT_THAT(store_.rows(), SizeIs(1));
  EXPECT_EQ(ledger_.stats().waiting_rows, 0U);
}

TEST_F(LedgerTest, OneWordIsForAllBatchesOfABoot) {
  // Out of order: a node that came back sends its oldest first.
  for (const std::uint64_t sequence : {2U, 3U, 1U}) {
    ledger_.Offer(7, Batch(1, sequence, {Row()}));
  }
  ledger_.Offer(8, Batch(2, 1, {Row()}));
  ledger_.Write();
  EXPECT_THAT(kept_, ElementsAre(Kept(7, 1, 3), Kept(8, 2, 1)));
  EXPECT_EQ(ledger_.stats().missing, 0U);
  EXPECT_EQ(ledger_.stats().kept, 4U);
}

TEST_F(LedgerTest, WhatIsThereAlreadyIsAcknowledgedAndNotCounted) {
  ledger_.Offer(7, Batch(1, 1, {Row()}));
  ledger_.Write();
  kept_.clear();
  ledger_.Offer(9, Batch(1, 1, {Row()}));
  ledger_.Write();
  EXPECT_THAT(kept_, ElementsAre(Kept(9, 1, 1)));
  EXPECT_THAT(store_.rows(), SizeIs(1));
  EXPECT_EQ(ledger_.stats().repeated, 1U);
}

TEST_F(LedgerTest, AGapIsCounted) {
  ledger_.Offer(7, Batch(1, 1));
  ledger_.Offer(7, Batch(1, 4));
  ledger_.Write();
  EXPECT_EQ(ledger_.stats().missing, 2U);
}

TEST_F(LedgerTest, AStoreThatFailsIsTriedAgainWithEverything) {
  Fail();
  ledger_.Offer(7, Batch(1, 1, {Row()}));
  ledger_.Write();
  ledger_.Offer(7, Batch(1, 2, {Row()}));
  EXPECT_THAT(kept_, IsEmpty());
  clock_.Advance(absl::Seconds(20));
  ledger_.Write();
  const Ledger::Stats failing = ledger_.stats();
  EXPECT_EQ(failing.errors, 2U);
  EXPECT_EQ(failing.failing_for, absl::Seconds(20));
  EXPECT_EQ(failing.failure, "the disk is full");
  Recover();
  ledger_.Write();
  EXPECT_THAT(kept_, ElementsAre(Kept(7, 1, 2)));
  EXPECT_THAT(store_.rows(), SizeIs(2));
  EXPECT_EQ(ledger_.stats().failing_for, std::nullopt);
}

TEST_F(LedgerTest, AStoreThatFailsIsNotAskedAllTheTime) {
  Fail();
  ledger_.Offer(7, Batch(1, 1));
  for (int i = 0; i < 10; ++i) ledger_.Write();
  EXPECT_EQ(ledger_.stats().errors, 1U);
}

TEST_F(LedgerTest, WhoeverSentItLastIsTold) {
  Fail();
  ledger_.Offer(7, Batch(1, 1, {Row()}));
  ledger_.Write();
  ledger_.Offer(8, Batch(1, 1, {Row()}));
  EXPECT_EQ(ledger_.stats().waiting_rows, 1U) << "it waits once";
  Recover();
  ledger_.Write();
  EXPECT_THAT(kept_, ElementsAre(Kept(8, 1, 1)));
  EXPECT_THAT(store_.rows(), SizeIs(1));
}

TEST_F(LedgerTest, WhereThereIsNoRoomABatchIsRefusedUntilThereIs) {
  const std::vector<UsageRow> half(Ledger::kMaxWaitingRows / 2, Row());
  EXPECT_TRUE(ledger_.Offer(7, Batch(1, 1, half)));
  EXPECT_TRUE(ledger_.Offer(7, Batch(1, 2, half)));
  EXPECT_FALSE(ledger_.Offer(7, Batch(1, 3, {Row()})));
  EXPECT_EQ(ledger_.stats().refused, 1U);
  EXPECT_EQ(rooms_, 0);
  ledger_.Write();
  EXPECT_EQ(rooms_, 1);
  EXPECT_TRUE(ledger_.Offer(7, Batch(1, 3, {Row()})));
  ledger_.Write();
  EXPECT_EQ(rooms_, 1) << "nobody waits for it";
}

TEST_F(LedgerTest, ABatchAloneAlwaysHasRoom) {
  EXPECT_TRUE(ledger_.Offer(
      7,
      Batch(1, 1, std::vector<UsageRow>(Ledger::kMaxWaitingRows + 1, Row()))));
}

TEST_F(LedgerTest, APriceIsNotedWhenItChanges) {
  config::v1::Resources resources;
  config::v1::Model& model = *resources.add_models();
  model.set_name("m");
  model.add_targets()->set_provider("relay");
  model.mutable_targets(0)->mutable_price()->set_input(2);
  ledger_.SetResources(resources);
  clock_.Advance(absl::Hours(1));
  model.mutable_targets(0)->mutable_price()->set_input(3);
  ledger_.SetResources(resources);

  Fail();
  ledger_.Write();
  Recover();
  ledger_.Write();
  Ledger again(store_, clock_);
  ASSERT_THAT(again.Load(), IsOk());
  for (const Ledger* ledger : {&ledger_, &again}) {
    const config::PriceSchedule prices =
        ledger->OwnPricesOf({"demo", "m", "relay", "m"});
    EXPECT_EQ(prices.At(clock_.WallNow() - absl::Minutes(5))->input, 2);
    EXPECT_EQ(prices.At(clock_.WallNow())->input, 3);
  }
}

}  // namespace
}  // namespace weir::controlplane
