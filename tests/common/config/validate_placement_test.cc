#include "absl/time/time.h"
#include "common/config/effective.h"
#include "gtest/gtest.h"
#include "tests/common/config/validate_case.h"

namespace weir::config {
namespace {

v1::Affinity& AffinityOf(v1::Resources& resources) {
  return *resources.mutable_models(0)->mutable_affinity();
}
v1::Hedge& HedgeOf(v1::Resources& resources) {
  return *resources.mutable_models(0)->mutable_hedge();
}

class ValidatePlacementTest : public ::testing::TestWithParam<ValidateCase> {};

TEST_P(ValidatePlacementTest, FollowsTheTable) { ExpectFindings(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Affinity, ValidatePlacementTest,
    ::testing::ValuesIn<ValidateCase>({
        {"Bounds",
         [](auto& r) {
           AffinityOf(r).set_by(v1::AFFINITY_KEY_SESSION);
           AffinityOf(r).set_max_load(1);
           *r.mutable_models(1)->mutable_affinity() = AffinityOf(r);
           r.mutable_models(1)->mutable_affinity()->set_max_load(100);
         }},
        {"LessThanItsFairShare",
         [](auto& r) {
           AffinityOf(r).set_by(v1::AFFINITY_KEY_PREFIX);
           AffinityOf(r).set_max_load(0.5);
         },
         "models[0].affinity.max_load: is out of range: 0.5; write a value "
         "from 1 to 100"},
        {"WithoutAKey", [](auto& r) { AffinityOf(r).set_max_load(2); }, "",
         "models[0].affinity: does nothing without `by`; write by: session or "
         "by: prefix"},
        {"UnknownKey",
         [](auto& r) { AffinityOf(r).set_by(static_cast<v1::AffinityKey>(9)); },
         "models[0].affinity.by: is not known: 9; write session or prefix"},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Hedge, ValidatePlacementTest,
    ::testing::ValuesIn<ValidateCase>({
        {"ItsDefaults", [](auto& r) { HedgeOf(r); }},
        {"Bounds",
         [](auto& r) {
           *HedgeOf(r).mutable_after() = FromDuration(absl::Milliseconds(10));
           HedgeOf(r).set_budget(1);
         }},
        {"TooSoon",
         [](auto& r) {
           *HedgeOf(r).mutable_after() = FromDuration(absl::Milliseconds(9));
         },
         "models[0].hedge.after: is out of range: 9ms; write a value from 10ms "
         "to 5m"},
        {"MoreThanAll", [](auto& r) { HedgeOf(r).set_budget(1.5); },
         "models[0].hedge.budget: is out of range: 1.5; write a value from 0 "
         "to 1"},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::config
