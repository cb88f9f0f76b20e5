#include "controlplane/budget/budget_watch.h"

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

const absl::Time kMidnight = absl::FromUnixSeconds(1'700'006'400);

// Of `demo`, which may spend 100 a day.
BudgetStanding Spent(double usd, config::v1::BudgetKind kind,
                     const std::string& fallback = "") {
  BudgetStanding standing{"demo", {}, usd, kMidnight};
  standing.budget.set_period(config::v1::BUDGET_PERIOD_DAY);
  standing.budget.set_usd(100);
  standing.budget.set_kind(kind);
  standing.budget.set_fallback(fallback);
  return standing;
}

TEST(BudgetConditionsTest, EachStepIsOne) {
  EXPECT_THAT(BudgetConditions({Spent(49.99, config::v1::BUDGET_KIND_SOFT)}),
              IsEmpty());
  EXPECT_THAT(BudgetConditions({Spent(80, config::v1::BUDGET_KIND_SOFT)}),
              ElementsAre(Field(&Condition::subject, "demo/day/50"),
                          Field(&Condition::subject, "demo/day/80")));
}

TEST(BudgetConditionsTest, TheLastSaysWhatFollows) {
  const auto summary = [](const BudgetStanding& standing) {
    return BudgetConditions({standing}).back().summary;
  };
  EXPECT_EQ(summary(Spent(100, config::v1::BUDGET_KIND_SOFT)),
            "client key demo has spent 100 % of its budget of 100 USD (day)");
  EXPECT_EQ(summary(Spent(100, config::v1::BUDGET_KIND_HARD)),
            "client key demo has spent 100 % of its budget of 100 USD (day); "
            "its requests are refused");
  EXPECT_EQ(summary(Spent(100, config::v1::BUDGET_KIND_HARD, "small")),
            "client key demo has spent 100 % of its budget of 100 USD (day); "
            "small serves its requests");
}

TEST(BudgetConditionsTest, OnlyARefusalIsCritical) {
  const auto severities = [](config::v1::BudgetKind kind) {
    std::vector<Severity> found;
    for (const Condition& condition : BudgetConditions({Spent(100, kind)})) {
      found.push_back(condition.severity);
    }
    return found;
  };
  EXPECT_THAT(
      severities(config::v1::BUDGET_KIND_SOFT),
      ElementsAre(Severity::kInfo, Severity::kWarning, Severity::kWarning));
  EXPECT_THAT(
      severities(config::v1::BUDGET_KIND_HARD),
      ElementsAre(Severity::kInfo, Severity::kWarning, Severity::kCritical));
}

TEST(SpentKeysTest, OnlyHardOnesThatAreReached) {
  EXPECT_THAT(SpentKeys({Spent(99.99, config::v1::BUDGET_KIND_HARD),
                         Spent(200, config::v1::BUDGET_KIND_SOFT)}),
              IsEmpty());
  EXPECT_THAT(SpentKeys({Spent(100, config::v1::BUDGET_KIND_HARD, "small")}),
              ElementsAre(SpentKey{"demo", kMidnight, "small"}));
}

TEST(SpentKeysTest, OneThatRefusesCountsBeforeAFallback) {
  BudgetStanding month = Spent(100, config::v1::BUDGET_KIND_HARD, "small");
  month.until = kMidnight + absl::Hours(24 * 15);
  const BudgetStanding day = Spent(100, config::v1::BUDGET_KIND_HARD);
  EXPECT_THAT(SpentKeys({month, day}),
              ElementsAre(SpentKey{"demo", kMidnight, ""}));
  EXPECT_THAT(SpentKeys({day, month}),
              ElementsAre(SpentKey{"demo", kMidnight, ""}));
}

TEST(SpentKeysTest, TheLaterEndCounts) {
  BudgetStanding month = Spent(100, config::v1::BUDGET_KIND_HARD);
  month.until = kMidnight + absl::Hours(24 * 15);
  EXPECT_THAT(SpentKeys({Spent(100, config::v1::BUDGET_KIND_HARD), month}),
              ElementsAre(SpentKey{"demo", month.until, ""}));
}

}  // namespace
}  // namespace weir::controlplane
