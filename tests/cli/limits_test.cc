#include <string>

#include "cli/limits_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

void AddLimit(const std::string& name, double capacity, double wanted,
              admin::Limits& limits) {
  admin::LimitStatus& limit = *limits.add_limits();
  limit.set_limit(name);
  limit.set_capacity(capacity);
  limit.set_wanted(wanted);
  limit.set_used(wanted < capacity ? wanted : capacity);
  limit.set_leased(capacity);
  limit.set_nodes(2);
}

config::v1::Budget& AddBudget(double usd, double spent, admin::Limits& limits) {
  admin::BudgetStatus& status = *limits.add_budgets();
  status.set_client_key("demo");
  status.set_spent_usd(spent);
  status.mutable_budget()->set_usd(usd);
  status.mutable_budget()->set_period(config::v1::BUDGET_PERIOD_DAY);
  return *status.mutable_budget();
}

TEST(LimitsTextTest, NothingLimitedIsSaid) {
  EXPECT_EQ(LimitsText({}, Paint::kPlain), "Nothing is limited.\n");
}

TEST(LimitsTextTest, EachLimitIsALine) {
  admin::Limits limits;
  AddLimit("key/demo/rpm", 600, 150, limits);
  AddLimit("provider/p1/tpm", 2e6, 2.5e6, limits);
  EXPECT_EQ(LimitsText(limits, Paint::kPlain),
            "LIMIT              OF  WANTED  USED  SHARE USED  LEASED  NODES\n"
            "key/demo/rpm      600     150   150      25.0 %     600      2\n"
            "provider/p1/tpm  2.0M    2.5M  2.0M     100.0 %    2.0M      2\n");
}

TEST(LimitsTextTest, WhatIsNotEnoughIsRed) {
  admin::Limits limits;
  AddLimit("a", 100, 101, limits);
  AddLimit("b", 100, 80, limits);
  EXPECT_THAT(
      LimitsText(limits, Paint::kColors),
      AllOf(HasSubstr("\x1b[31m101\x1b[0m"), HasSubstr("\x1b[33m80\x1b[0m")));
}

TEST(LimitsTextTest, ABudgetSaysWhatIsLeftAndWhatThen) {
  admin::Limits limits;
  AddBudget(20, 5, limits);
  config::v1::Budget& hard = AddBudget(100, 120, limits);
  hard.set_kind(config::v1::BUDGET_KIND_HARD);
  config::v1::Budget& kind = AddBudget(1, 0.5, limits);
  kind.set_kind(config::v1::BUDGET_KIND_HARD);
  kind.set_fallback("cheap");
  limits.mutable_budgets(0)->mutable_until()->set_seconds(86'400);
  EXPECT_EQ(
      LimitsText(limits, Paint::kPlain),
      "KEY   PERIOD   BUDGET    SPENT    LEFT  SHARE SPENT  WHEN SPENT  UNTIL\n"
      "demo  day      $20.00    $5.00  $15.00       25.0 %  alert       "
      "1970-01-02 00:00:00 UTC\n"
      "demo  day     $100.00  $120.00   $0.00      120.0 %  refuse      -\n"
      "demo  day       $1.00    $0.50   $0.50       50.0 %  use cheap   -\n");
}

class LimitsTest : public ServedTest {
 protected:
  LimitsTest() { AddLimit("key/demo/rpm", 600, 150, admin_.limits); }
};

TEST_F(LimitsTest, TheyAreShownOnceOrWatched) {
  const Outcome once = Weirctl({"limits"});
  EXPECT_EQ(once.exit_code, 0) << once.err;
  EXPECT_THAT(once.out, StartsWith("LIMIT "));
  const Outcome watched = Weirctl({"limits", "--watch"});
  EXPECT_EQ(watched.out, once.out + "\n");
}

TEST_F(LimitsTest, AWatchedTerminalIsDrawnInPlace) {
  device_ = Device::kTerminal;
  EXPECT_THAT(Weirctl({"limits", "--watch"}).out,
              StartsWith("\x1b[2J\x1b[HLIMIT "));
}

TEST_F(LimitsTest, JsonHasTheWholeMessage) {
  EXPECT_THAT(Weirctl({"limits", "-o", "json"}).out,
              AllOf(HasSubstr("\"limit\": \"key/demo/rpm\""),
                    HasSubstr("\"capacity\": 600")));
  EXPECT_THAT(Weirctl({"limits", "--watch", "-o", "json"}).out,
              AllOf(StartsWith("{\"limits\":{"), Not(HasSubstr("\n "))));
}

}  // namespace
}  // namespace weir::cli
