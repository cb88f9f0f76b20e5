#include "common/config/nearest.h"

#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace weir::config {
namespace {

struct NearestCase {
  std::string name;
  std::string word;
  std::optional<std::string> want;
};

class NearestTest : public ::testing::TestWithParam<NearestCase> {};

TEST_P(NearestTest, FollowsTheTable) {
  const std::vector<std::string> kFields = {"name", "base_url", "region",
                                            "timeouts", "tls"};
  EXPECT_EQ(Nearest(GetParam().word, kFields), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Table, NearestTest,
                         ::testing::ValuesIn<NearestCase>({
                             {"LetterMissing", "timeout", "timeouts"},
                             {"LettersSwapped", "reigon", "region"},
                             {"LetterWrong", "nane", "name"},
                             {"CamelCase", "baseUrl", "base_url"},
                             {"Hyphen", "base-url", "base_url"},
                             {"Shouted", "TLS", "tls"},
                             {"OneWrongInAShortWord", "tla", "tls"},
                             {"TwoWrongInAShortWord", "abs", std::nullopt},
                             {"NothingLikeIt", "credentials", std::nullopt},
                             {"Nothing", "", std::nullopt},
                             {"NoWord", std::string(10'000, 'x'), std::nullopt},
                         }),
                         [](const auto& test) { return test.param.name; });

TEST(NearestTest, OfEqualsTheFirst) {
  EXPECT_EQ(Nearest("model-c", {"model-a", "model-b"}), "model-a");
}

TEST(SuggestTest, AsksWhenSomethingIsNear) {
  EXPECT_EQ(Suggest("opnai", "values", {"openai", "gemini"}),
            "did you mean \"openai\"?");
}

TEST(SuggestTest, ListsWhatThereIsOtherwise) {
  EXPECT_EQ(Suggest("x", "values", {"openai", "gemini"}),
            "known values: openai, gemini");
}

TEST(SuggestTest, SaysWhenThereIsNothing) {
  EXPECT_EQ(Suggest("x", "providers", {}), "there are no providers");
}

TEST(SuggestTest, DoesNotListThousands) {
  const std::string text =
      Suggest("x", "models", std::vector<std::string>(5000, "some-model"));
  EXPECT_LT(text.size(), 200);
  EXPECT_TRUE(text.ends_with(", ...")) << text;
}

}  // namespace
}  // namespace weir::config
