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

TEST(BudgetConditionsTest, EachModelsFallbackIsNamed) {
  BudgetStanding standing = Spent(100, config::v1::BUDGET_KIND_HARD);
  auto& by_model = *standing.budget.mutable_fallback_by_model();
  by_model["huge"] = "large";
  by_model["free"] = "free";
  const std::string spent =
      "client key demo has spent 100 % of its budget of 100 USD (day); "
      "free serves its requests for free; large serves its requests for huge";
  EXPECT_EQ(BudgetConditions({standing}).back().summary,
            spent + "; its other requests are refused");
  standing.budget.set_fallback("small");
  EXPECT_EQ(BudgetConditions({standing}).back().summary,
            spent + "; small serves its other requests");
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

TEST(SpentKeysTest, EachModelMayHaveItsOwn) {
  BudgetStanding standing = Spent(100, config::v1::BUDGET_KIND_HARD, "small");
  (*standing.budget.mutable_fallback_by_model())["huge"] = "large";
  EXPECT_THAT(
      SpentKeys({standing}),
      ElementsAre(SpentKey{"demo", kMidnight, "small", {{"huge", "large"}}}));
}

TEST(SpentKeysTest, OneThatRefusesComesAfterAFallback) {
  BudgetStanding month = Spent(100, config::v1::BUDGET_KIND_HARD, "small");
  month.until = kMidnight + absl::Hours(24 * 15);
  const BudgetStanding day = Spent(100, config::v1::BUDGET_KIND_HARD);
  const auto in_order = ElementsAre(SpentKey{"demo", month.until, "small"},
                                    SpentKey{"demo", kMidnight, ""});
  EXPECT_THAT(SpentKeys({month, day}), in_order);
  EXPECT_THAT(SpentKeys({day, month}), in_order);
}

TEST(SpentKeysTest, TheLaterEndComesLast) {
  const BudgetStanding day = Spent(100, config::v1::BUDGET_KIND_HARD);
  BudgetStanding month = day;
  month.until = kMidnight + absl::Hours(24 * 15);
  BudgetStanding other = day;
  other.client_key = "another";
  EXPECT_THAT(SpentKeys({month, day, other}),
              ElementsAre(SpentKey{"another", kMidnight, ""},
                          SpentKey{"demo", kMidnight, ""},
                          SpentKey{"demo", month.until, ""}));
}

}  // namespace
}  // namespace weir::controlplane
