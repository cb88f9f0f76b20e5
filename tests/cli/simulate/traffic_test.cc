#include "cli/simulate/traffic.h"

#include <google/protobuf/text_format.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/simulate/sample.h"

namespace weir::simulate {
namespace {

using ::testing::HasSubstr;

admin::v1::TrafficMix Mix(const std::string& text) {
  admin::v1::TrafficMix mix;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &mix));
  return mix;
}

TEST(PartsOfTest, SharesSumToOne) {
  const auto parts = PartsOf(Mix("requests { model: 'alias' share: 3 }"
                                 "requests { model: 'only-a' }"),
                             TwoProviders(), "eu");
  ASSERT_TRUE(parts.ok()) << parts.status();
  EXPECT_EQ((*parts)[0].model, 0);
  EXPECT_DOUBLE_EQ((*parts)[0].share, 0.75);
  EXPECT_DOUBLE_EQ((*parts)[1].share, 0.25);
  EXPECT_EQ((*parts)[1].region, "eu");
  EXPECT_EQ((*parts)[1].tokens.input, 1000u);
  EXPECT_EQ((*parts)[1].tokens.output, 300u);
}

TEST(PartsOfTest, APartsOwnWordGoesBeforeDefaults) {
  const auto parts =
      PartsOf(Mix("requests { model: 'm' region: 'us' input_tokens: 5 "
                  "cached_input_tokens: 4 output_tokens: 0 "
                  "complexity: COMPLEXITY_MULTIMODAL }"),
              TwoProviders(), "eu");
  ASSERT_TRUE(parts.ok()) << parts.status();
  EXPECT_EQ((*parts)[0].region, "us");
  EXPECT_EQ((*parts)[0].complexity, config::v1::COMPLEXITY_MULTIMODAL);
  EXPECT_EQ((*parts)[0].tokens.cached_input, 4u);
  EXPECT_EQ((*parts)[0].tokens.output, 0u);
}

TEST(EvenMixTest, LeavesOutWhatDoesNotServe) {
  config::v1::Resources resources = TwoProviders();
  resources.mutable_models(1)->set_mode(config::v1::MODE_DISABLED);
  const admin::v1::TrafficMix mix = EvenMix(resources);
  ASSERT_EQ(mix.requests_size(), 2);
  EXPECT_EQ(mix.requests(0).model(), "m");
  EXPECT_EQ(mix.requests(1).model(), "only-b");
}

struct ComplexityCase {
  std::string name;
  Tokens tokens;
  config::v1::Complexity want;
};

class ComplexityTest : public ::testing::TestWithParam<ComplexityCase> {};

TEST_P(ComplexityTest, FollowsTheRulesOfTheDocs) {
  EXPECT_EQ(ComplexityOf(GetParam().tokens), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ComplexityTest,
    ::testing::ValuesIn<ComplexityCase>({
        {"Small", {1024, 0, 1024}, config::v1::COMPLEXITY_SIMPLE},
        {"LongerIn", {1025, 0, 300}, config::v1::COMPLEXITY_MEDIUM},
        {"LongerOut", {100, 0, 1025}, config::v1::COMPLEXITY_MEDIUM},
        {"LongIn", {8193, 0, 300}, config::v1::COMPLEXITY_COMPLEX},
        {"LongOut", {100, 0, 4097}, config::v1::COMPLEXITY_COMPLEX},
    }),
    [](const auto& test) { return test.param.name; });

struct BadCase {
  std::string name;
  std::string mix;
  std::string want;
};

class BadMixTest : public ::testing::TestWithParam<BadCase> {};

TEST_P(BadMixTest, IsRefusedWithTheField) {
  const auto parts = PartsOf(Mix(GetParam().mix), TwoProviders(), "");
  EXPECT_EQ(parts.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(parts.status().message()),
              HasSubstr(GetParam().want));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadMixTest,
    ::testing::ValuesIn<BadCase>({
        {"Empty", "", "requests: has no entry"},
        {"NoModel", "requests { share: 1 }", "requests[0].model: is missing"},
        {"UnknownModel", "requests { model: 'only-c' }",
         "requests[0].model: there is no model \"only-c\"; did you mean"},
        {"NegativeShare",
         "requests { model: 'm' } requests { model: 'm' share: -1 }",
         "requests[1].share: is out of range"},
        {"NoShare", "requests { model: 'm' share: 0 }", "is 0, as all are"},
        {"NotANumber", "requests { model: 'm' share: nan }",
         "share: is out of range"},
        {"MoreCachedThanRead",
         "requests { model: 'm' input_tokens: 1 cached_input_tokens: 2 }",
         "cached_input_tokens: are more"},
        {"TooManyTokens", "requests { model: 'm' output_tokens: 100000001 }",
         "tokens: are out of range"},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::simulate
