#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/latency_sketch.h"
#include "controlplane/store/database.h"
#include "controlplane/store/usage_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/store/store_place.h"
#include "tests/controlplane/usage_samples.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::weir::testing::IsOk;
using ::weir::testing::IsOkAndHolds;
using ::weir::testing::StatusIs;

constexpr KeptBatch kNew{.is_new = true};
constexpr KeptBatch kRepeated{};
const absl::Time kNoon = Midnight(3, 1) + absl::Hours(12);

class SqlUsageTest : public EveryStore {
 protected:
  UsageStore& usage() { return store_->usage(); }
  absl::StatusOr<std::vector<KeptBatch>> Keep(
      const std::vector<UsageBatch>& batches) {
    return usage().Keep(batches, kNoon);
  }
  // Until there is nothing to be added up; how often there was.
  int RollUpAll(RollUpStep step) {
    if (step.price_begin == nullptr) {
      step.price_begin = [](const UsageSeries&, absl::Time) {
        return absl::InfinitePast();
      };
    }
    int times = 0;
    for (;;) {
      const absl::StatusOr<bool> done = usage().RollUp(step);
      EXPECT_THAT(done, IsOk());
      if (!done.value_or(false)) return times;
      ++times;
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Kinds, SqlUsageTest, EveryKind(), KindName);

TEST_P(SqlUsageTest, EveryCountComesBackAfterARestart) {
  UsageRow row = Minute(kNoon);
  std::uint64_t next = 100;
  for (const auto count : kUsageCounts) row.sums.*count = ++next;
  row.sums.latency.Add(absl::Milliseconds(50));
  row.series = {"key", "model", "provider", "it's \"so\"",
                UsageProvenance::kInterrupted};
  EXPECT_THAT(Keep({Batch(1, 1, {row})}), IsOkAndHolds(ElementsAre(kNew)));
  Reopen();
  const std::vector<UsageRow> rows = RowsOf(usage());
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].begin, kNoon);
  EXPECT_EQ(rows[0].last_used, kNoon);
  EXPECT_EQ(rows[0].span, UsageSpan::kMinute);
  EXPECT_EQ(rows[0].series, row.series);
  for (const auto count : kUsageCounts) {
    EXPECT_EQ(rows[0].sums.*count, row.sums.*count);
  }
  EXPECT_EQ(rows[0].sums.latency.Quantile(1), row.sums.latency.Quantile(1));
}

TEST_P(SqlUsageTest, WhatAgreesInMinuteAndNamesIsAddedUp) {
  UsageRow other_key = Minute(kNoon, {.output = 4});
  other_key.series.client_key = "other";
  ASSERT_THAT(Keep({Batch(1, 1, {Minute(kNoon, {.output = 1}), other_key}),
                    Batch(2, 1, {Minute(kNoon, {.output = 2})})}),
              IsOk());
  ASSERT_THAT(Keep({Batch(1, 2,
                          {Minute(kNoon, {.output = 8}),
                           Minute(kNoon + absl::Minutes(1), {.output = 16})})}),
              IsOk());
  std::vector<std::uint64_t> outputs;
  for (const UsageRow& row : RowsOf(usage())) {
    outputs.push_back(row.sums.output);
  }
  EXPECT_THAT(outputs, ::testing::UnorderedElementsAre(1 + 2 + 8, 4, 16));
}

TEST_P(SqlUsageTest, ABatchCountsOnceHoweverOftenItComes) {
  const UsageBatch first = Batch(1, 1, {Minute(kNoon, {.output = 1})});
  const UsageBatch second = Batch(1, 2, {Minute(kNoon, {.output = 2})});
  EXPECT_THAT(Keep({first}), IsOkAndHolds(ElementsAre(kNew)));
  EXPECT_THAT(Keep({first, second, second}),
              IsOkAndHolds(ElementsAre(kRepeated, kNew, kRepeated)));
  Reopen();
  EXPECT_THAT(Keep({first, second}),
              IsOkAndHolds(ElementsAre(kRepeated, kRepeated)));
  ASSERT_THAT(RowsOf(usage()), SizeIs(1));
  EXPECT_EQ(RowsOf(usage())[0].sums.output, 3U);
}

TEST_P(SqlUsageTest, AGapIsSeenAndABootThatIsNewHasNone) {
  EXPECT_THAT(
      Keep({Batch(1, 7), Batch(1, 10)}),
      IsOkAndHolds(ElementsAre(kNew, KeptBatch{.is_new = true, .missing = 2})));
  EXPECT_THAT(Keep({Batch(1, 9)}), IsOkAndHolds(ElementsAre(kRepeated)));
}

TEST_P(SqlUsageTest, BootsAreAnyNumber) {
  constexpr std::uint64_t kLargest = ~std::uint64_t{0};
  EXPECT_THAT(Keep({Batch(kLargest, kLargest)}),
              IsOkAndHolds(ElementsAre(kNew)));
  EXPECT_THAT(Keep({Batch(kLargest, kLargest)}),
              IsOkAndHolds(ElementsAre(kRepeated)));
}

TEST_P(SqlUsageTest, SumsEndAtTheirLimit) {
  const UsageSums most{.output = kMaxUsageCount};
  ASSERT_THAT(Keep({Batch(1, 1, {Minute(kNoon, most)})}), IsOk());
  ASSERT_THAT(Keep({Batch(1, 2, {Minute(kNoon, most)})}), IsOk());
  EXPECT_EQ(RowsOf(usage())[0].sums.output, kMaxUsageCount);
}

// What the other side of a write does so that it fails.
std::string Refusal(StoreKind kind) {
  return kind == StoreKind::kSqlite
             ? "CREATE TRIGGER full BEFORE INSERT ON usage_sums "
               "BEGIN SELECT RAISE(ABORT, 'no'); END"
             : "ALTER TABLE usage_sums ADD CONSTRAINT full_ CHECK (FALSE)";
}
std::string Permission(StoreKind kind) {
  return kind == StoreKind::kSqlite
             ? "DROP TRIGGER full"
             : "ALTER TABLE usage_sums DROP CONSTRAINT full_";
}

TEST_P(SqlUsageTest, WhatFailedIsNotRememberedAsStored) {
  ASSERT_THAT(Keep({}), IsOk());
  place_.Execute(Refusal(GetParam()));
  const UsageBatch batch = Batch(1, 1, {Minute(kNoon, {.output = 1})});
  EXPECT_FALSE(Keep({batch}).ok());
  place_.Execute(Permission(GetParam()));
  EXPECT_THAT(Keep({batch}), IsOkAndHolds(ElementsAre(kNew)));
  EXPECT_THAT(RowsOf(usage()), SizeIs(1)) << "its series is there";
}

TEST_P(SqlUsageTest, ADatabaseThatAnotherHoldsKeepsNothingAndTakesItLater) {
  ASSERT_THAT(Keep({}), IsOk());
  std::unique_ptr<Database> other = place_.Connect();
  ASSERT_THAT(
      other->Execute(GetParam() == StoreKind::kSqlite
                         ? "BEGIN IMMEDIATE"
                         : "BEGIN; LOCK TABLE usage_sums IN SHARE MODE"),
      IsOk());
  const UsageBatch batch = Batch(1, 1, {Minute(kNoon, {.output = 1})});
  EXPECT_THAT(Keep({batch}), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(RowsOf(usage()), IsEmpty()) << "reading goes on";
  other.reset();
  EXPECT_THAT(Keep({batch}), IsOkAndHolds(ElementsAre(kNew)));
  EXPECT_THAT(RowsOf(usage()), SizeIs(1));
}

TEST_P(SqlUsageTest, ReadsWhatBeginsInTheTimeAskedFor) {
  ASSERT_THAT(Keep({Batch(1, 1,
                          {Minute(kNoon), Minute(kNoon + absl::Minutes(1)),
                           Minute(kNoon + absl::Minutes(2))})}),
              IsOk());
  const std::vector<UsageRow> rows =
      RowsOf(usage(), kNoon + absl::Minutes(1), kNoon + absl::Minutes(2));
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].begin, kNoon + absl::Minutes(1));
}

TEST_P(SqlUsageTest, RollingUpChangesNoSum) {
  // 3 hours of minutes, the last of which is not old enough.
  std::vector<UsageRow> minutes;
  for (int i = 0; i < 180; ++i) {
    minutes.push_back(
        Minute(kNoon + absl::Minutes(i), {.attempts = 1, .output = 10}));
    minutes.back().sums.latency.Add(absl::Milliseconds(50));
  }
  ASSERT_THAT(Keep({Batch(1, 1, minutes)}), IsOk());
  EXPECT_EQ(RollUpAll({UsageSpan::kMinute, UsageSpan::kHour,
                       kNoon + absl::Hours(2), nullptr}),
            2);
  std::vector<UsageRow> rows = RowsOf(usage());
  ASSERT_THAT(rows, SizeIs(2 + 60));
  for (const UsageRow& row : rows) {
    if (row.span == UsageSpan::kMinute) continue;
    EXPECT_EQ(row.sums.attempts, 60U);
    EXPECT_EQ(row.sums.output, 600U);
    EXPECT_EQ(row.sums.latency.count(), 60U);
    EXPECT_EQ(row.last_used, row.begin + absl::Minutes(59));
  }
  EXPECT_EQ(RollUpAll({UsageSpan::kHour, UsageSpan::kDay,
                       kNoon + absl::Hours(12), nullptr}),
            1);
  rows = RowsOf(usage());
  ASSERT_THAT(rows, SizeIs(1 + 60));
  EXPECT_EQ(RowsOf(usage(), Midnight(3, 1), kNoon).at(0).sums.output, 1200U);
}

TEST_P(SqlUsageTest, LateMinutesJoinTheirHour) {
  const RollUpStep step{UsageSpan::kMinute, UsageSpan::kHour,
                        kNoon + absl::Hours(1), nullptr};
  ASSERT_THAT(Keep({Batch(1, 1, {Minute(kNoon, {.output = 1})})}), IsOk());
  EXPECT_EQ(RollUpAll(step), 1);
  ASSERT_THAT(
      Keep({Batch(1, 2, {Minute(kNoon + absl::Minutes(5), {.output = 2})})}),
      IsOk());
  EXPECT_EQ(RollUpAll(step), 1);
  const std::vector<UsageRow> rows = RowsOf(usage());
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].sums.output, 3U);
}

TEST_P(SqlUsageTest, AChangeOfPriceKeepsRowsApart) {
  const absl::Time change = kNoon + absl::Minutes(30);
  ASSERT_THAT(Keep({Batch(1, 1,
                          {Minute(kNoon, {.output = 1}),
                           Minute(kNoon + absl::Minutes(29), {.output = 2}),
                           Minute(change, {.output = 4}),
                           Minute(kNoon + absl::Minutes(59), {.output = 8})})}),
              IsOk());
  RollUpAll({UsageSpan::kMinute, UsageSpan::kHour, kNoon + absl::Hours(1),
             [&](const UsageSeries&, absl::Time begin) {
               return begin < change ? absl::InfinitePast() : change;
             }});
  ASSERT_THAT(RowsOf(usage()), SizeIs(2));
  EXPECT_EQ(RowsOf(usage(), kNoon, change).at(0).sums.output, 3U);
  EXPECT_EQ(RowsOf(usage(), change).at(0).sums.output, 12U);
}

TEST_P(SqlUsageTest, ForgottenBootsMayBeginAnew) {
  ASSERT_THAT(Keep({Batch(1, 5)}), IsOk());
  ASSERT_THAT(usage().ForgetBoots(kNoon), IsOk());
  EXPECT_THAT(Keep({Batch(1, 5)}), IsOkAndHolds(ElementsAre(kRepeated)));
  ASSERT_THAT(usage().ForgetBoots(kNoon + absl::Seconds(1)), IsOk());
  EXPECT_THAT(Keep({Batch(1, 5)}), IsOkAndHolds(ElementsAre(kNew)));
}

TEST_P(SqlUsageTest, PricesComeBackInTheirOrder) {
  config::v1::Price price;
  price.set_input(2.4);
  ASSERT_THAT(
      usage().SavePrices({{"m", "relay", "m", kNoon, config::v1::Price()},
                          {"m", "relay", "m", std::nullopt, price},
                          {"m", "relay", "m", kNoon + absl::Hours(1), {}}}),
      IsOk());
  const auto prices = usage().LoadPrices();
  ASSERT_THAT(prices, IsOk());
  ASSERT_THAT(*prices, SizeIs(3));
  EXPECT_EQ((*prices)[0].from, std::nullopt);
  EXPECT_EQ((*prices)[0].price->input(), 2.4);
  EXPECT_EQ((*prices)[1].from, kNoon);
  EXPECT_TRUE((*prices)[1].price.has_value()) << "free, and not unknown";
  EXPECT_FALSE((*prices)[2].price.has_value());
}

}  // namespace
}  // namespace weir::controlplane
