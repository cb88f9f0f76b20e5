#include "cli/allowance_text.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::cli {
namespace {

using ::testing::HasSubstr;

struct BudgetArgumentCase {
  std::string name;
  std::string text;
  // As BudgetsText() writes it; empty where `problem` is found.
  std::string want;
  std::string problem = {};
};

class BudgetArgumentTest : public ::testing::TestWithParam<BudgetArgumentCase> {
};

TEST_P(BudgetArgumentTest, FollowsTheTable) {
  const auto budget = ParseBudget(GetParam().text);
  if (!GetParam().problem.empty()) {
    ASSERT_FALSE(budget.ok());
    EXPECT_THAT(std::string(budget.status().message()),
                HasSubstr(GetParam().problem));
    return;
  }
  ASSERT_TRUE(budget.ok()) << budget.status();
  config::v1::ClientKey key;
  *key.add_budgets() = *budget;
  EXPECT_EQ(BudgetsText(key), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BudgetArgumentTest,
    ::testing::ValuesIn<BudgetArgumentCase>({
        {"SoftByItself", "20/day", "20/day"},
        {"SoftBySaying", "2.5/month/soft", "2.5/month"},
        {"Hard", "500/total/hard", "500/total/hard"},
        {"FallbackMayHaveSlashes", "1/day/hard/meta/llama",
         "1/day/hard/meta/llama"},
        {"AFallbackForOneModel", "5/day/hard/gpt-5=gpt-4.1",
         "5/day/hard/gpt-5=gpt-4.1"},
        {"FallbacksForSomeAndForOthers",
         "5/day/hard/small,huge=meta/llama,big=small",
         "5/day/hard/big=small,huge=meta/llama,small"},
        {"NoKindButASlash", "5/day/hard/", "5/day/hard"},
        {"FallbackWithoutAModel", "5/day/hard/gpt-5=", "",
         "names a fallback without a model"},
        {"NothingBetweenCommas", "5/day/hard/a,,b=c", "",
         "names a fallback without a model"},
        {"FallbackOfNoModel", "5/day/hard/=small", "",
         "names a fallback of no model"},
        {"TwoForOneModel", "5/day/hard/a=b,a=c", "",
         "has two fallbacks for one model"},
        {"TwoForAll", "5/day/hard/a,b", "", "has two fallbacks for all models"},
        {"NoNumber", "much/day", "", "does not begin with US dollars"},
        {"Dollars", "20usd/day", "", "does not begin with US dollars"},
        {"NoPeriod", "20", "", "has no period"},
        {"OtherPeriod", "20/week", "", "has no period"},
        {"OtherKind", "20/day/firm", "", "neither soft nor hard"},
    }),
    [](const auto& test) { return test.param.name; });

TEST(ConsequenceTextTest, IsOfEachModel) {
  const auto text = [](const std::string& budget) {
    return ConsequenceText(ParseBudget(budget).value());
  };
  EXPECT_EQ(text("5/day"), "alert");
  EXPECT_EQ(text("5/day/hard"), "refuse");
  EXPECT_EQ(text("5/day/hard/small"), "use small");
  EXPECT_EQ(text("5/day/hard/big=mid"), "big: use mid; others: refuse");
  EXPECT_EQ(text("5/day/hard/big=mid,huge=big,small"),
            "big: use mid; huge: use big; others: use small");
}

TEST(LimitsTextTest, NamesThoseThereAre) {
  config::v1::KeyLimits limits;
  EXPECT_EQ(LimitsText(limits), "");
  limits.set_rpm(600);
  limits.set_concurrent(5);
  EXPECT_EQ(LimitsText(limits), "600 rpm, 5 at once");
  limits.set_tpm(90'000);
  EXPECT_EQ(LimitsText(limits), "600 rpm, 90000 tpm, 5 at once");
}

}  // namespace
}  // namespace weir::cli
