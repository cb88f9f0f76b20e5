#include "gtest/gtest.h"
#include "tests/common/config/validate_case.h"

namespace weir::config {
namespace {

v1::KeyLimits& LimitsOf(v1::Resources& resources) {
  return *resources.mutable_client_keys(0)->mutable_limits();
}

v1::Budget& AddBudget(v1::Resources& resources) {
  v1::Budget& budget = *resources.mutable_client_keys(0)->add_budgets();
  budget.set_period(v1::BUDGET_PERIOD_DAY);
  budget.set_usd(20);
  return budget;
}

auto& FallbackByModel(v1::Resources& resources) {
  return *resources.mutable_client_keys(0)
              ->mutable_budgets(0)
              ->mutable_fallback_by_model();
}

class ValidateBudgetTest : public ::testing::TestWithParam<ValidateCase> {};

TEST_P(ValidateBudgetTest, FollowsTheTable) { ExpectFindings(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Limits, ValidateBudgetTest,
    ::testing::ValuesIn<ValidateCase>({
        {"All",
         [](auto& r) {
           LimitsOf(r).set_rpm(1);
           LimitsOf(r).set_tpm(1'000'000'000'000);
           LimitsOf(r).set_concurrent(1);
         }},
        {"NoRequests", [](auto& r) { LimitsOf(r).set_rpm(0); },
         "client_keys[0].limits.rpm: is out of range: 0; write a value from 1 "
         "to 1000000000"},
        {"NoTokens", [](auto& r) { LimitsOf(r).set_tpm(0); },
         "client_keys[0].limits.tpm: is out of range: 0; write a value from 1 "
         "to 1000000000000"},
        {"TooManyAtOnce",
         [](auto& r) { LimitsOf(r).set_concurrent(1'000'001); },
         "client_keys[0].limits.concurrent: is out of range: 1000001; write a "
         "value from 1 to 1000000"},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Budgets, ValidateBudgetTest,
    ::testing::ValuesIn<ValidateCase>({
        {"HardWithFallback",
         [](auto& r) {
           AddBudget(r).set_kind(v1::BUDGET_KIND_HARD);
           r.mutable_client_keys(0)->mutable_budgets(0)->set_fallback(
               "gpt-4.1-mini");
         }},
        {"NoPeriod", [](auto& r) { AddBudget(r).clear_period(); },
         "client_keys[0].budgets[0].period: is missing; write day, month or "
         "total"},
        {"PeriodTwice",
         [](auto& r) {
           AddBudget(r);
           AddBudget(r);
         },
         "client_keys[0].budgets[1].period: is what "
         "client_keys[0].budgets[0].period says too; write one budget for each "
         "period"},
        {"Nothing", [](auto& r) { AddBudget(r).set_usd(0); },
         "client_keys[0].budgets[0].usd: is out of range: 0; write a value "
         "above 0, 1000000000 at most"},
        {"Negative", [](auto& r) { AddBudget(r).set_usd(-1); },
         "client_keys[0].budgets[0].usd: is out of range: -1; write a value "
         "above 0, 1000000000 at most"},
        {"UnknownFallback",
         [](auto& r) {
           AddBudget(r).set_kind(v1::BUDGET_KIND_HARD);
           r.mutable_client_keys(0)->mutable_budgets(0)->set_fallback(
               "gpt-4.1-mino");
         },
         "client_keys[0].budgets[0].fallback: there is no model "
         "\"gpt-4.1-mino\"; did you mean \"gpt-4.1-mini\"?"},
        {"FallbackByModel",
         [](auto& r) {
           AddBudget(r).set_kind(v1::BUDGET_KIND_HARD);
           FallbackByModel(r)["gpt-4.1"] = "gpt-4.1-mini";
           FallbackByModel(r)["gpt-4.1-mini"] = "gpt-4.1-mini";
         }},
        {"UnknownModels",
         [](auto& r) {
           AddBudget(r).set_kind(v1::BUDGET_KIND_HARD);
           FallbackByModel(r)["gpt-4.2"] = "gpt-4.1-mini";
           FallbackByModel(r)["gpt-4.1"] = "gpt-4.1-mino";
         },
         "client_keys[0].budgets[0].fallback_by_model.gpt-4.1: there is no "
         "model \"gpt-4.1-mino\"; did you mean \"gpt-4.1-mini\"?\n"
         "client_keys[0].budgets[0].fallback_by_model.gpt-4.2: there is no "
         "model \"gpt-4.2\"; did you mean \"gpt-4.1\"?"},
        {"AModelAndItsAlias",
         [](auto& r) {
           AddBudget(r).set_kind(v1::BUDGET_KIND_HARD);
           FallbackByModel(r)["gpt-4.1"] = "gpt-4.1-mini";
           FallbackByModel(r)["gpt-4"] = "gpt-4.1-mini";
         },
         "client_keys[0].budgets[0].fallback_by_model.gpt-4.1: is the same "
         "model as client_keys[0].budgets[0].fallback_by_model.gpt-4; keep one "
         "of the two"},
        {"FallbackByModelOfASoftOne",
         [](auto& r) {
           AddBudget(r);
           FallbackByModel(r)["gpt-4.1"] = "gpt-4.1-mini";
         },
         "client_keys[0].budgets[0].fallback_by_model: has no effect: a soft "
         "budget refuses nothing; write kind: hard, or remove it"},
        {"FallbackOfASoftOne",
         [](auto& r) { AddBudget(r).set_fallback("gpt-4.1"); },
         "client_keys[0].budgets[0].fallback: has no effect: a soft budget "
         "refuses nothing; write kind: hard, or remove it"},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::config
