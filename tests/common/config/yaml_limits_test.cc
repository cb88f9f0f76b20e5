// What a hostile or broken file costs: little, and it says why.
#include <string>

#include "absl/status/status.h"
#include "common/config/yaml.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

template <typename Matcher>
auto Refused(Matcher matcher) {
  return StatusIs(absl::StatusCode::kInvalidArgument, matcher);
}

std::string Repeat(const std::string& text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST(YamlLimitsTest, SyntaxErrorsNameTheLine) {
  EXPECT_THAT(ParseResourceFile("models: []\nproviders: [\n", "f"),
              Refused(StartsWith("f:2: not valid YAML")));
  EXPECT_THAT(ParseResourceFile("models:\n\t- name: a\n", "f"),
              Refused(AllOf(StartsWith("f:2:"), HasSubstr("spaces"))));
}

TEST(YamlLimitsTest, AQuoteThatNeverClosesIsNotTakenForClosed) {
  for (const char* text :
       {"models: []\nproviders:\n  - name: \"a", "\n\nmodels: [ 'a\nb\n",
        "models:\n\n- name: \"a\n  strategy: weighted\n- name: b\n"}) {
    EXPECT_THAT(ParseResourceFile(text, "f"),
                Refused("f:3: not valid YAML: a quote opens here and never "
                        "closes"))
        << text;
  }
}

TEST(YamlLimitsTest, AFileHasSixteenMebibytesAtMost) {
  const std::string comment = "#" + std::string(16 * 1024 * 1024 - 1, 'x');
  EXPECT_THAT(ParseResourceFile(comment, "f"), IsOk());
  EXPECT_THAT(ParseResourceFile(comment + "x", "f"),
              Refused(HasSubstr("16 MiB")));
}

TEST(YamlLimitsTest, OnlyUtf8IsText) {
  EXPECT_THAT(ParseResourceFile("models: [] # \xFF", "f"),
              Refused(HasSubstr("UTF-8")));
  EXPECT_THAT(ParseResourceFile("\xFF\xFE{\0}\0", "f"),
              Refused(HasSubstr("UTF-8")));
  EXPECT_THAT(ParseResourceFile("\xEF\xBB\xBFmodels: []", "f"), IsOk());
}

// yaml-cpp takes 0x04 for the end: the rest of the file would be dropped.
TEST(YamlLimitsTest, ControlCharactersAreRefused) {
  EXPECT_THAT(ParseResourceFile("models: []\n\x04\nproviders: []\n", "f"),
              Refused(StartsWith("f:2: holds a control character")));
  EXPECT_THAT(ParseResourceFile(std::string("models: []\0", 11), "f"),
              Refused(HasSubstr("control character")));
}

TEST(YamlLimitsTest, DepthIsBounded) {
  for (const char* opening : {"[", "{a: ", "- "}) {
    EXPECT_THAT(ParseResourceFile(Repeat(opening, 100'000), "f"),
                Refused(HasSubstr("nested deeper than 32")));
  }
}

TEST(YamlLimitsTest, NumberOfValuesIsBounded) {
  EXPECT_THAT(
      ParseResourceFile("models: [" + Repeat("a,", 1'000'001) + "]", "f"),
      Refused(HasSubstr("more than 1000000 values")));
}

TEST(YamlLimitsTest, AliasesThatMultiplyAreBounded) {
  // A thousand times thirty thousand names.
  const std::string text = "models:\n- fallback: &f [" + Repeat("a,", 30'000) +
                           "]\n" + Repeat("- {fallback: *f}\n", 1000);
  EXPECT_THAT(ParseResourceFile(text, "f"),
              Refused(HasSubstr("makes the file too large")));
}

TEST(YamlLimitsTest, AnAliasInsideItselfEnds) {
  EXPECT_THAT(ParseResourceFile("models: &m\n- fallback: *m\n", "f"),
              Refused(HasSubstr("models[0].fallback[0]: is a mapping")));
  EXPECT_THAT(ParseResourceFile("models: &m [*m]\n", "f"),
              Refused(HasSubstr("models[0]: is a list")));
}

TEST(YamlLimitsTest, AnUnknownAliasIsRefused) {
  EXPECT_THAT(ParseResourceFile("models: *m\n", "f"),
              Refused(StartsWith("f:1: not valid YAML")));
}

TEST(YamlLimitsTest, ThereIsOneDocument) {
  EXPECT_THAT(ParseResourceFile("models: []\n---\nproviders: []\n", "f"),
              Refused(HasSubstr("second document")));
}

TEST(YamlLimitsTest, TagsMeanNothing) {
  EXPECT_THAT(ParseResourceFile("models: !env MODELS\n", "f"),
              Refused(AllOf(StartsWith("f:1:"), HasSubstr("tag"))));
}

TEST(YamlLimitsTest, AThousandProblemsAreSummedUp) {
  const auto file =
      ParseResourceFile("models:\n" + Repeat("- nam: a\n", 1000), "f");
  EXPECT_THAT(file, Refused(HasSubstr("f:1: has 950 more like these")));
}

}  // namespace
}  // namespace weir::config
