#include "controlplane/probe/answer_cost.h"

#include <string>

#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

struct UsageCase {
  std::string name;
  std::string body;
  ProbeTokens want;
};

class TokensOfTest : public ::testing::TestWithParam<UsageCase> {};

TEST_P(TokensOfTest, FollowsTheTable) {
  EXPECT_EQ(TokensOf(GetParam().body), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, TokensOfTest,
    ::testing::ValuesIn<UsageCase>({
        {"OpenAi",
         R"({"usage": {"prompt_tokens": 8, "completion_tokens": 2}})",
         {8, 2}},
        {"Anthropic",
         R"({"usage": {"input_tokens": 9, "output_tokens": 1}})",
         {9, 1}},
        {"Gemini",
         R"({"usageMetadata": {"promptTokenCount": 5,
             "candidatesTokenCount": 3}})",
         {5, 3}},
        {"NothingSaid", R"({"choices": []})", {20, 1}},
        {"HalfSaid", R"({"usage": {"prompt_tokens": 8}})", {8, 1}},
        {"Negative", R"({"usage": {"prompt_tokens": -8}})", {20, 1}},
        {"Unbelievable", R"({"usage": {"prompt_tokens": 1000001}})", {20, 1}},
        {"NoObject", R"({"usage": null})", {20, 1}},
        {"NoJson", "oops", {20, 1}},
        {"Empty", "", {20, 1}},
    }),
    [](const auto& test) { return test.param.name; });

TEST(CostOfTest, IsByTheMillion) {
  EXPECT_DOUBLE_EQ(CostOf({10, 1}, {2.0, 1.0, 8.0}), 28e-6);
}

}  // namespace
}  // namespace weir::controlplane
