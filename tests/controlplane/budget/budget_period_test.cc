#include "controlplane/budget/budget_period.h"

#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

absl::Time Utc(absl::CivilSecond civil) {
  return absl::FromCivil(civil, absl::UTCTimeZone());
}

struct BudgetPeriodCase {
  std::string name;
  config::v1::BudgetPeriod period;
  absl::CivilSecond now;
  absl::CivilSecond begin;
  absl::CivilSecond end;
};

class BudgetPeriodTest : public ::testing::TestWithParam<BudgetPeriodCase> {};

TEST_P(BudgetPeriodTest, FollowsTheTable) {
  const PeriodSpan span = SpanOf(GetParam().period, Utc(GetParam().now));
  EXPECT_EQ(span.begin, Utc(GetParam().begin));
  EXPECT_EQ(span.end, Utc(GetParam().end));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BudgetPeriodTest,
    ::testing::ValuesIn<BudgetPeriodCase>({
        {"ADay", config::v1::BUDGET_PERIOD_DAY,
         absl::CivilSecond(2026, 2, 28, 23, 59, 59),
         absl::CivilSecond(2026, 2, 28), absl::CivilSecond(2026, 3, 1)},
        {"MidnightIsTheNextDay", config::v1::BUDGET_PERIOD_DAY,
         absl::CivilSecond(2026, 3, 1), absl::CivilSecond(2026, 3, 1),
         absl::CivilSecond(2026, 3, 2)},
        {"AMonth", config::v1::BUDGET_PERIOD_MONTH,
         absl::CivilSecond(2026, 12, 31, 12, 0, 0),
         absl::CivilSecond(2026, 12, 1), absl::CivilSecond(2027, 1, 1)},
    }),
    [](const auto& test) { return test.param.name; });

TEST(BudgetPeriodTotalTest, HasNoBeginAndNoEnd) {
  const PeriodSpan span =
      SpanOf(config::v1::BUDGET_PERIOD_TOTAL, absl::UnixEpoch());
  EXPECT_EQ(span.begin, absl::InfinitePast());
  EXPECT_EQ(span.end, absl::InfiniteFuture());
}

}  // namespace
}  // namespace weir::controlplane
