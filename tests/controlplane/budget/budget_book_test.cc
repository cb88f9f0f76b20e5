#include "controlplane/budget/budget_book.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "controlplane/ledger/ledger.h"
#include "gtest/gtest.h"
#include "tests/controlplane/fake_usage_store.h"
#include "tests/controlplane/usage_samples.h"
#include "tests/testing/fake_clock.h"

namespace weir::controlplane {
namespace {

// `demo` may spend 10 a day, 100 a month and 1000 in all; relay/m costs 2 a
// million tokens out. It is 2023-11-14 22:13:20 UTC.
class BudgetBookTest : public ::testing::Test {
 protected:
  BudgetBookTest() {
    config::v1::Model& model = *resources_->add_models();
    model.set_name("m");
    config::v1::Target& target = *model.add_targets();
    target.set_provider("relay");
    target.mutable_price()->set_output(2);
    config::v1::ClientKey& key = *resources_->add_client_keys();
    key.set_name("demo");
    for (const auto& [period, usd] :
         {std::pair(config::v1::BUDGET_PERIOD_DAY, 10),
          std::pair(config::v1::BUDGET_PERIOD_MONTH, 100),
          std::pair(config::v1::BUDGET_PERIOD_TOTAL, 1000)}) {
      config::v1::Budget& budget = *key.add_budgets();
      budget.set_period(period);
      budget.set_usd(usd);
    }
    ledger_.Connect({[](auto, auto, auto) {}, [] {}});
    ledger_.Watch(
        [this](const std::vector<UsageRow>& rows) { book_.OnKept(rows); });
    ledger_.SetResources(*resources_);
    book_.SetResources(resources_);
  }

  // A minute with so many millions of tokens out.
  static UsageRow Millions(absl::Time begin, std::uint64_t millions) {
    UsageSums sums;
    sums.attempts = 1;
    sums.output = millions * 1'000'000;
    return Minute(begin, sums);
  }
  void Store(const UsageRow& row) {
    ledger_.Offer(1, Batch(1, ++sequence_, {row}));
    ledger_.Write();
  }
  double Spent(std::size_t budget) const {
    return book_.Standings().at(budget).spent_usd;
  }

  testing::FakeClock clock_;
  FakeUsageStore store_;
  Ledger ledger_{store_, clock_};
  BudgetBook book_{ledger_, clock_};
  std::shared_ptr<config::v1::Resources> resources_ =
      std::make_shared<config::v1::Resources>();
  std::uint64_t sequence_ = 0;
};

TEST_F(BudgetBookTest, EachPeriodHasItsOwn) {
  Store(Millions(clock_.WallNow() - absl::Hours(24 * 30), 16));
  Store(Millions(clock_.WallNow() - absl::Hours(24), 4));
  ASSERT_TRUE(book_.Refresh().ok());
  Store(Millions(clock_.WallNow(), 1));
  EXPECT_DOUBLE_EQ(Spent(0), 2);
  EXPECT_DOUBLE_EQ(Spent(1), 10);
  EXPECT_DOUBLE_EQ(Spent(2), 42);
}

TEST_F(BudgetBookTest, AFullDayEndsAtMidnight) {
  ASSERT_TRUE(book_.Refresh().ok());
  Store(Millions(clock_.WallNow(), 5));
  EXPECT_TRUE(book_.Standings()[0].is_reached());
  EXPECT_EQ(book_.Standings()[0].until, absl::FromUnixSeconds(1'700'006'400));
  clock_.Advance(absl::Hours(2));
  EXPECT_FALSE(book_.Standings()[0].is_reached());
  EXPECT_DOUBLE_EQ(Spent(1), 10);
}

TEST_F(BudgetBookTest, WhatComesTwiceCountsOnce) {
  ASSERT_TRUE(book_.Refresh().ok());
  const UsageRow row = Millions(clock_.WallNow(), 1);
  for (int i = 0; i < 2; ++i) {
    ledger_.Offer(1, Batch(1, 1, {row}));
    ledger_.Write();
  }
  EXPECT_DOUBLE_EQ(Spent(0), 2);
}

TEST_F(BudgetBookTest, AnotherPriceCountsForAllOfIt) {
  ASSERT_TRUE(book_.Refresh().ok());
  UsageRow row = Millions(clock_.WallNow(), 1);
  row.series.upstream_model = "listed";
  Store(row);
  // Without a price it is not known what it cost.
  EXPECT_EQ(Spent(0), 0);
  auto next = std::make_shared<config::v1::Resources>(*resources_);
  config::v1::DatedPrice& price = *next->add_prices();
  price.set_model("listed");
  price.mutable_price()->set_output(3);
  ledger_.SetResources(*next);
  book_.SetResources(next);
  ASSERT_TRUE(book_.Refresh().ok());
  EXPECT_DOUBLE_EQ(Spent(0), 3);
}

TEST_F(BudgetBookTest, WhatCanNotBeReadIsReadLater) {
  Store(Millions(clock_.WallNow(), 1));
  store_.FailWith(absl::UnavailableError("locked"));
  EXPECT_FALSE(book_.Refresh().ok());
  EXPECT_EQ(Spent(0), 0);
  store_.FailWith(absl::OkStatus());
  EXPECT_TRUE(book_.Refresh().ok());
  EXPECT_DOUBLE_EQ(Spent(0), 2);
}

TEST_F(BudgetBookTest, WhatWasKeptUnseenCountsOnceItIsReadAgain) {
  ASSERT_TRUE(book_.Refresh().ok());
  // The store kept it and its answer was lost, so it comes as a repetition.
  const UsageBatch batch = Batch(1, 1, {Millions(clock_.WallNow(), 1)});
  ASSERT_TRUE(store_.Keep({batch}, clock_.WallNow()).ok());
  ledger_.Offer(1, batch);
  ledger_.Write();
  EXPECT_EQ(Spent(0), 0);
  book_.ReadAgain();
  ASSERT_TRUE(book_.Refresh().ok());
  EXPECT_DOUBLE_EQ(Spent(0), 2);
}

TEST_F(BudgetBookTest, KeysWithoutBudgetsAreNobodysConcern) {
  ASSERT_TRUE(book_.Refresh().ok());
  UsageRow row = Millions(clock_.WallNow(), 1);
  row.series.client_key = "other";
  Store(row);
  EXPECT_EQ(book_.Standings().size(), 3);
  EXPECT_EQ(Spent(2), 0);
}

}  // namespace
}  // namespace weir::controlplane
