#include <string>
#include <vector>

#include "common/config/yaml.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/config/validate_case.h"

namespace weir::config {
namespace {

using ::testing::HasSubstr;

class ValidateFallbackTest : public ::testing::TestWithParam<ValidateCase> {};

TEST_P(ValidateFallbackTest, FollowsTheTable) { ExpectFindings(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Table, ValidateFallbackTest,
    ::testing::ValuesIn<ValidateCase>({
        {"Unknown",
         [](auto& r) { r.mutable_models(1)->add_fallback("claude"); },
         "models[1].fallback[0]: there is no model \"claude\"; known models: "
         "gpt-4, gpt-4.1, gpt-4.1-mini"},
        {"Itself",
         [](auto& r) { r.mutable_models(1)->add_fallback("gpt-4.1-mini"); },
         "models[1].fallback[0]: is the model itself; remove it"},
        {"ItsOwnAlias",
         [](auto& r) { r.mutable_models(0)->set_fallback(0, "gpt-4"); },
         "models[0].fallback[0]: is the model itself; remove it"},
        {"Loop", [](auto& r) { r.mutable_models(1)->add_fallback("gpt-4.1"); },
         "models[1].fallback[0]: closes a loop: gpt-4.1 -> gpt-4.1-mini -> "
         "gpt-4.1; remove one of its steps"},
        {"LoopByAlias",
         [](auto& r) { r.mutable_models(1)->add_fallback("gpt-4"); },
         "models[1].fallback[0]: closes a loop: gpt-4.1 -> gpt-4.1-mini -> "
         "gpt-4.1; remove one of its steps"},
        {"Twice",
         [](auto& r) { r.mutable_models(0)->add_fallback("gpt-4.1-mini"); }, "",
         "models[0].fallback[1]: is the same model as models[0].fallback[0]; "
         "keep one of the two"},
    }),
    [](const auto& test) { return test.param.name; });

v1::Resources Chain(int length) {
  v1::Resources resources = SoundResources();
  resources.clear_models();
  for (int i = 0; i < length; ++i) {
    v1::Model& model = *resources.add_models();
    model.set_name("m" + std::to_string(i));
    model.add_targets()->set_provider("relay");
    model.add_targets()->set_provider("direct");
    if (i > 0) model.add_fallback("m" + std::to_string(i - 1));
  }
  return resources;
}

TEST(ValidateFallbackTest, TwoWaysToOneModelAreNoLoop) {
  v1::Resources resources = Chain(4);
  resources.mutable_models(3)->add_fallback("m0");
  resources.mutable_models(2)->add_fallback("m0");
  EXPECT_EQ(Describe(Validate(resources).problems), "");
}

TEST(ValidateFallbackTest, ALoopThatTheSearchEntersFromOutsideIsNamedAlone) {
  v1::Resources resources = Chain(4);
  // m3 -> m2 -> m1 -> m2; m3 is not part of it.
  resources.mutable_models(1)->set_fallback(0, "m2");
  EXPECT_EQ(Describe(Validate(resources).problems),
            "models[2].fallback[0]: closes a loop: m1 -> m2 -> m1; remove one "
            "of its steps");
}

TEST(ValidateFallbackTest, ALongChainIsFineAndALongLoopIsCut) {
  constexpr int kLength = 20'000;
  v1::Resources resources = Chain(kLength);
  EXPECT_EQ(Describe(Validate(resources).problems), "");
  resources.mutable_models(0)->add_fallback("m" + std::to_string(kLength - 1));
  EXPECT_THAT(Describe(Validate(resources).problems),
              HasSubstr("m0 -> m19999 -> m19998 -> m19997 -> m19996 -> m19995 "
                        "-> m19994 -> m19993 -> ... -> m1 -> m0;"));
}

TEST(ValidateFallbackTest, TheSampleOfTheDesignLacksTheModelsItNames) {
  v1::Resources resources = SoundResources();
  for (const char* name : {"claude-sonnet-4.5", "gemini-2.5-flash"}) {
    resources.mutable_models(0)->add_fallback(name);
  }
  const Findings findings = Validate(resources);
  ASSERT_EQ(findings.problems.size(), 2);
  EXPECT_EQ(findings.problems[0].field, "models[0].fallback[1]");
  EXPECT_EQ(findings.problems[1].what,
            "there is no model \"gemini-2.5-flash\"");
}

TEST(ValidateFallbackTest, AThousandProblemsAreSummedUp) {
  v1::Resources resources = SoundResources();
  for (int i = 0; i < 1000; ++i) {
    resources.mutable_models(1)->add_fallback("x" + std::to_string(i));
  }
  const std::vector<Problem> problems = Validate(resources).problems;
  EXPECT_EQ(problems.size(), 51);
  EXPECT_EQ(problems.back().what, "has 950 more like these");
}

}  // namespace
}  // namespace weir::config
