#include "controlplane/ledger/cost_table.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/config/price.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/usage_samples.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint64_t kMillion = 1'000'000;
const absl::Time kNoon = Midnight(3, 1) + absl::Hours(12);

// The price list of deploy/local/prices.yaml.
config::Price Flat(double input, double output) {
  return {input, input, output, input, input, 0};
}
const config::Price kGpt = Flat(2.40, 8.00);
const config::Price kDeepseek = Flat(0.10, 0.42);

UsageRow Used(const std::string& model, UsageSums sums) {
  UsageRow row = Minute(kNoon, std::move(sums));
  row.series.model = model;
  row.series.upstream_model = model;
  return row;
}

class CostTableTest : public ::testing::Test {
 protected:
  CostTableTest() {
    basis_.prices = [this](const UsageSeries& series) {
      const auto found = prices_.find(series.upstream_model);
      return found == prices_.end() ? config::PriceSchedule() : found->second;
    };
    basis_.until = kNoon + absl::Hours(1);
  }
  CostTable Table(const std::vector<UsageRow>& rows) {
    CostTally tally(basis_);
    for (const UsageRow& row : rows) tally.Add(row);
    return tally.Take();
  }
  static std::vector<std::string> Groups(const CostTable& table) {
    std::vector<std::string> groups;
    for (const CostLine& line : table.lines) groups.push_back(line.group);
    return groups;
  }

  CostBasis basis_;
  std::map<std::string, config::PriceSchedule> prices_ = {
      {"gpt", config::PriceSchedule(kGpt)},
      {"deepseek", config::PriceSchedule(kDeepseek)}};
};

TEST_F(CostTableTest, NothingCostsNothing) {
  const CostTable table = Table({});
  EXPECT_THAT(table.lines, IsEmpty());
  EXPECT_EQ(table.total.cost_usd, 0);
  EXPECT_EQ(table.total.share, 0);
  EXPECT_EQ(table.total.last_used, std::nullopt);
}

// 1 M in and 3 M out on each: 2.40 + 24.00 and 0.10 + 1.26.
TEST_F(CostTableTest, ALineAModelDearestFirst) {
  const UsageSums sums{.attempts = 5,
                       .requests = 4,
                       .fresh_input = kMillion,
                       .output = 3 * kMillion};
  const CostTable table = Table({Used("deepseek", sums), Used("gpt", sums)});
  ASSERT_THAT(Groups(table), ElementsAre("gpt", "deepseek"));
  EXPECT_DOUBLE_EQ(table.lines[0].cost_usd, 26.40);
  EXPECT_DOUBLE_EQ(table.lines[1].cost_usd, 1.36);
  EXPECT_DOUBLE_EQ(table.lines[0].share, 26.40 / 27.76);
  EXPECT_DOUBLE_EQ(table.total.cost_usd, 27.76);
  EXPECT_EQ(table.total.share, 1);
  EXPECT_EQ(table.total.sums.requests, 8U);
  EXPECT_EQ(table.lines[0].last_used, kNoon);
}

TEST_F(CostTableTest, EveryKindOfTokenHasItsPrice) {
  prices_["gpt"] =
      config::PriceSchedule(config::Price{2, 0.5, 8, 2.5, 4, 0.01});
  // 3 x 2 + 0.5 + 2.5 + 4 + 4 x 8 and, of 3 attempts of which 1 failed, 0.02.
  const CostTable table = Table({Used("gpt", {.attempts = 3,
                                              .failures = 1,
                                              .fresh_input = kMillion,
                                              .cache_read = kMillion,
                                              .cache_write_5m = kMillion,
                                              .cache_write_1h = kMillion,
                                              .audio_input = kMillion,
                                              .image_input = kMillion,
                                              .output = kMillion,
                                              .reasoning = kMillion,
                                              .audio_output = kMillion,
                                              .image_output = kMillion})});
  EXPECT_DOUBLE_EQ(table.total.cost_usd, 45.02);
  // 1.5 spared by reading, 0.5 and 2 spent on writing.
  EXPECT_DOUBLE_EQ(table.total.cache_savings_usd, -1);
}

TEST_F(CostTableTest, AnUnknownPriceIsNotZero) {
  const CostTable table =
      Table({Used("unlisted", {.attempts = 2, .output = kMillion}),
             Used("unlisted", {.attempts = 7, .failures = 7}),
             Used("gpt", {.attempts = 1, .output = kMillion})});
  ASSERT_THAT(Groups(table), ElementsAre("gpt", "unlisted"));
  EXPECT_EQ(table.lines[0].unpriced_attempts, 0U);
  EXPECT_EQ(table.lines[1].unpriced_attempts, 2U) << "what took no tokens is "
                                                     "free";
  EXPECT_EQ(table.total.unpriced_attempts, 2U);
  EXPECT_DOUBLE_EQ(table.total.cost_usd, 8);
  EXPECT_THAT(table.spending, SizeIs(1));
}

TEST_F(CostTableTest, EachMinuteHasThePriceOfThen) {
  prices_["gpt"] = config::PriceSchedule(
      {{absl::InfinitePast(), kGpt}, {kNoon, Flat(1, 4)}});
  UsageRow before = Used("gpt", {.output = kMillion});
  before.begin = kNoon - absl::Minutes(1);
  const CostTable table = Table({before, Used("gpt", {.output = kMillion})});
  EXPECT_DOUBLE_EQ(table.total.cost_usd, 8 + 4);
}

// 10 M out cost 4.20 on DeepSeek and would have cost 80 on GPT.
TEST_F(CostTableTest, TheBaselineIsWhatTheSameWouldHaveCost) {
  basis_.baseline = config::PriceSchedule(kGpt);
  const CostTable table =
      Table({Used("deepseek", {.output = 10 * kMillion}),
             Used("unlisted", {.attempts = 1, .output = kMillion})});
  EXPECT_DOUBLE_EQ(table.lines[0].cost_usd, 4.20);
  EXPECT_DOUBLE_EQ(table.lines[0].baseline_usd, 80);
  EXPECT_DOUBLE_EQ(table.total.baseline_usd, 80)
      << "what has no price is in neither";
}

TEST_F(CostTableTest, ABaselineThatIsNewIsPricedAsItIsNow) {
  basis_.baseline =
      config::PriceSchedule({{kNoon + absl::Minutes(30), Flat(1, 4)}});
  const CostTable table = Table({Used("gpt", {.output = kMillion})});
  EXPECT_DOUBLE_EQ(table.total.baseline_usd, 4);
}

TEST_F(CostTableTest, TokensThatNoReportStandsBehindAreCounted) {
  std::vector<UsageRow> rows;
  for (const UsageProvenance provenance :
       {UsageProvenance::kReported, UsageProvenance::kEstimated,
        UsageProvenance::kPartial, UsageProvenance::kCancelled,
        UsageProvenance::kInterrupted}) {
    rows.push_back(Used("gpt", {.fresh_input = 1, .output = 2}));
    rows.back().series.provenance = provenance;
  }
  EXPECT_EQ(Table(rows).total.unconfirmed, 4 * 3U);
}

TEST_F(CostTableTest, RowsAreNamedAfterWhatIsAskedFor) {
  UsageRow row = Used("gpt", {.output = kMillion});
  row.series.provider = "relay";
  const std::vector<UsageRow> rows = {row};
  basis_.teams = {{"demo", "search"}};
  const std::pair<CostGroup, std::string> cases[] = {
      {CostGroup::kModel, "gpt"},        {CostGroup::kProvider, "relay"},
      {CostGroup::kTarget, "relay/gpt"}, {CostGroup::kKey, "demo"},
      {CostGroup::kTeam, "search"},      {CostGroup::kDay, "2026-03-01"}};
  for (const auto& [group, name] : cases) {
    basis_.group = group;
    EXPECT_THAT(Groups(Table(rows)), ElementsAre(name));
  }
}

TEST_F(CostTableTest, DaysStandInTheirOrderAndEndAtMidnightUtc) {
  basis_.group = CostGroup::kDay;
  UsageRow late = Used("gpt", {.output = 1});
  late.begin = Midnight(3, 2) - absl::Minutes(1);
  UsageRow early = Used("gpt", {.output = kMillion});
  early.begin = Midnight(3, 2);
  EXPECT_THAT(Groups(Table({early, late})),
              ElementsAre("2026-03-01", "2026-03-02"));
}

TEST_F(CostTableTest, SpendingIsByModelAndTarget) {
  UsageRow fallback = Used("gpt", {.attempts = 1, .output = kMillion});
  fallback.series.upstream_model = "deepseek";
  const CostTable table =
      Table({Used("gpt", {.attempts = 1, .output = kMillion}), fallback});
  ASSERT_THAT(table.spending, SizeIs(2));
  EXPECT_EQ(table.spending[0].upstream_model, "deepseek");
  EXPECT_DOUBLE_EQ(table.spending[0].cost_usd, 0.42);
  EXPECT_EQ(table.spending[1].model, "gpt");
  EXPECT_EQ(table.spending[1].work.output, kMillion);
  EXPECT_EQ(table.spending[1].work.requests, 1U);
}

}  // namespace
}  // namespace weir::controlplane
