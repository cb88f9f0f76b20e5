#include "dataplane/usage/usage_book.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/config/price.h"
#include "common/dialect/canonical/usage.h"
#include "dataplane/plan/candidate.h"
#include "dataplane/relay/answer_format.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/usage/mapping.h"
#include "dataplane/usage/name_table.h"
#include "dataplane/usage/slot_table.h"
#include "dataplane/usage/usage_entry.h"
#include "dataplane/usage/usage_names.h"
#include "dataplane/usage/usage_slot.h"
#include "dataplane/worker_report.h"
#include "tests/dataplane/peers/snapshot_by_hand.h"
#include "tests/testing/fake_clock.h"

namespace weir::dataplane {
namespace {

constexpr std::uint64_t kBoot = 42;

class UsageBookTest : public ::testing::Test {
 protected:
  UsageBookTest() {
    hand_.AddModel("m", {hand_.AddProvider("p", 1)});
    hand_.config().targets[0].prices = config::PriceSchedule(kPrice);
    snapshot_ = hand_.Build();
    snapshot_.usage_names =
        std::make_shared<UsageNames>(UsageNamesOf(*snapshot_.config, names_));
    auto mapping = Mapping::Anonymous(SlotTable::BytesFor(8));
    table_ = SlotTable::Format(*std::move(mapping), kBoot, 8);
    book_.emplace(table_.get(), clock_);
    request_.snapshot = &snapshot_;
    request_.client = &snapshot_.config->clients[0];
    request_.model = 0;
    request_.body = "0123456789";
  }

  Settlement Settle(AttemptEnd end) {
    end.ended_at = clock_.Now();
    UsageEntry entry = book_->Begin(request_, candidate_);
    const Settlement settlement = book_->Judge(request_, candidate_, end);
    book_->Settle(request_, candidate_, end, settlement, entry);
    return settlement;
  }
  UsageCounters Counted() const {
    WorkerReport report;
    book_->AddTo(report);
    const auto it = report.usage.find({"m", "p"});
    return it == report.usage.end() ? UsageCounters() : it->second;
  }

  static constexpr config::Price kPrice{2, 0.5, 8, 2, 2};

  testing::FakeClock clock_;
  testing::SnapshotByHand hand_;
  NameTable names_;
  Snapshot snapshot_;
  std::unique_ptr<SlotTable> table_;
  std::optional<UsageBook> book_;
  Request request_;
  const Candidate candidate_{0, 0, 0};
};

TEST_F(UsageBookTest, AnAnswerIsInItsSlotWithNamesTimeAndCounts) {
  const Settlement settlement =
      Settle({.ending = Ending::kWhole,
              .format = AnswerFormat::kChat,
              .reading = {{.fresh_input = 1000, .output = 10}, 2},
              .answered_after = absl::Milliseconds(7)});
  // 1000 tokens of 2 dollars a million and 10 of 8.
  EXPECT_DOUBLE_EQ(settlement.cost.value_or(0), 0.00208);
  const UsageSlot& slot = table_->all()[0];
  EXPECT_EQ(names_.NameOf(slot.names.client), "test");
  EXPECT_EQ(names_.NameOf(slot.names.model), "m");
  EXPECT_EQ(names_.NameOf(slot.names.provider), "p");
  EXPECT_EQ(names_.NameOf(slot.names.upstream_model), "upstream-m");
  EXPECT_EQ(slot.end.unix_us, absl::ToUnixMicros(clock_.WallNow()));
  EXPECT_EQ(slot.end.tokens[kFreshInput], 1000U);
  EXPECT_EQ(slot.end.tokens[kOutput], 10U);
  EXPECT_EQ(slot.end.unbelievable, 2U);
  EXPECT_EQ(slot.end.latency_us, 7000U);
  EXPECT_EQ(slot.end.source, UsageSource::kReported);
  EXPECT_EQ(slot.end.answered, 1);
  EXPECT_EQ(slot.end.failed, 0);
}

TEST_F(UsageBookTest, AFailureHasNoTokensAndNoCost) {
  const Settlement settlement = Settle({.ending = Ending::kNothing,
                                        .format = AnswerFormat::kChat,
                                        .failed = true});
  EXPECT_FALSE(settlement.cost.has_value());
  const UsageSlot& slot = table_->all()[0];
  EXPECT_EQ(slot.end.failed, 1);
  EXPECT_EQ(slot.end.answered, 0);
  EXPECT_EQ(slot.end.latency_us, 0U);
  EXPECT_EQ(slot.end.tokens[kFreshInput], 0U);
  EXPECT_EQ(Counted().input, 0U);
}

TEST_F(UsageBookTest, WhatNobodyReportsIsEstimatedAndCosts) {
  const Settlement settlement = Settle({.ending = Ending::kNotAwaited,
                                        .format = AnswerFormat::kChat,
                                        .output_seen = 5});
  // A body of ten bytes is three tokens.
  EXPECT_EQ(InputOf(settlement.usage), 3U);
  EXPECT_EQ(OutputOf(settlement.usage), 5U);
  EXPECT_DOUBLE_EQ(settlement.cost.value_or(0), 0.000046);
  EXPECT_EQ(table_->all()[0].end.source, UsageSource::kCancelled);
}

TEST_F(UsageBookTest, MetricsAreByModelAndProvider) {
  const dialect::canonical::Usage cached{.fresh_input = 150,
                                         .cache_read = 800,
                                         .cache_write_5m = 50,
                                         .output = 6,
                                         .reasoning = 4};
  Settle({.ending = Ending::kWhole,
          .format = AnswerFormat::kChat,
          .reading = {cached, 0}});
  Settle({.ending = Ending::kWhole,
          .format = AnswerFormat::kChat,
          .reading = {{.fresh_input = 1000, .output = 10}, 1}});
  const UsageCounters counted = Counted();
  EXPECT_EQ(counted.input, 2000U);
  EXPECT_EQ(counted.cached_input, 800U);
  EXPECT_EQ(counted.cache_writes, 50U);
  EXPECT_EQ(counted.output, 20U);
  EXPECT_EQ(counted.reasoning, 4U);
  EXPECT_EQ(counted.unbelievable, 1U);
  EXPECT_DOUBLE_EQ(counted.cache_savings, 0.0012);
}

TEST_F(UsageBookTest, WithoutAPriceTheCostIsUnknown) {
  hand_.config().targets[0].prices = {};
  snapshot_ = hand_.Build();
  EXPECT_FALSE(Settle({.ending = Ending::kWhole,
                       .format = AnswerFormat::kChat,
                       .reading = {{.fresh_input = 1, .output = 1}, 0}})
                   .cost.has_value());
  EXPECT_EQ(Counted().cost, 0);
}

TEST_F(UsageBookTest, WithoutSlotsThereAreMetricsAlone) {
  book_.emplace(nullptr, clock_);
  Settle({.ending = Ending::kWhole,
          .format = AnswerFormat::kChat,
          .reading = {{.fresh_input = 1, .output = 1}, 0}});
  EXPECT_EQ(Counted().input, 1U);
  EXPECT_TRUE(table_->used().empty());
}

}  // namespace
}  // namespace weir::dataplane
