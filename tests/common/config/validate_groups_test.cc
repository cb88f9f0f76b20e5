#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/config/validate.h"
#include "common/config/yaml.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/config/validate_case.h"

namespace weir::config {
namespace {

using ::testing::HasSubstr;

class ValidateGroupsTest : public ::testing::TestWithParam<ValidateCase> {};

TEST_P(ValidateGroupsTest, FollowsTheTable) { ExpectFindings(GetParam()); }

// Provider relay is of group cheap, direct of group dear.
v1::Policy& Grouped(v1::Resources& resources) {
  resources.mutable_providers(0)->set_group("cheap");
  resources.mutable_providers(1)->set_group("dear");
  return *resources.mutable_policy();
}

INSTANTIATE_TEST_SUITE_P(
    Table, ValidateGroupsTest,
    ::testing::ValuesIn<ValidateCase>({
        {"InOrder",
         [](auto& r) {
           Grouped(r).add_group_order("cheap");
           Grouped(r).add_group_order("dear");
           *Grouped(r).mutable_group_switch_after() =
               FromDuration(absl::Seconds(1));
         }},
        {"NobodysGroup",
         [](auto& r) {
           Grouped(r).add_group_order("cheap");
           Grouped(r).add_group_order("deer");
           Grouped(r).add_group_order("dear");
         },
         "policy.group_order[1]: there is no group \"deer\"; did you mean "
         "\"dear\"?"},
        {"Twice",
         [](auto& r) {
           Grouped(r).add_group_order("cheap");
           Grouped(r).add_group_order("dear");
           Grouped(r).add_group_order("cheap");
         },
         "policy.group_order[2]: \"cheap\" is what policy.group_order[0] says "
         "too; name each group once"},
        {"Empty",
         [](auto& r) {
           Grouped(r).add_group_order("cheap");
           Grouped(r).add_group_order("dear");
           Grouped(r).add_group_order("");
         },
         "policy.group_order[2]: is empty; write the group of a provider"},
        {"TooSoon",
         [](auto& r) {
           *r.mutable_policy()->mutable_group_switch_after() =
               FromDuration(absl::Milliseconds(999));
         },
         "policy.group_switch_after: is out of range: 999ms; write a value "
         "from 1s to 24h"},
        {"AlwaysUsed", [](auto& r) { Grouped(r).add_group_order("cheap"); }, "",
         "providers[1].group: \"dear\" is not in policy.group_order, so it is "
         "always used; list it there, or remove it"},
    }),
    [](const auto& test) { return test.param.name; });

TEST(ValidateGroupsInAFileTest, ProblemsNameTheirLine) {
  const auto file = ParseResourceFile(
      "providers:\n"
      "  - {name: a, base_url: 'https://a.example/v1', group: relay}\n"
      "policy:\n"
      "  group_order:\n"
      "    - relay\n"
      "    - direct\n",
      "weir.yaml");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(
      Describe(Validate(file->resources).problems, file->lines, "weir.yaml"),
      HasSubstr("weir.yaml:6: policy.group_order[1]: there is no "
                "group \"direct\""));
}

}  // namespace
}  // namespace weir::config
