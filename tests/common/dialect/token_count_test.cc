// Questions for how many tokens a request takes in, and their answers.
#include "common/dialect/token_count.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/token_estimate.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/dialect.h"
#include "gtest/gtest.h"

namespace weir::dialect {
namespace {

struct QuestionCase {
  std::string name;
  const Dialect* from;
  const Dialect* to;
  std::string body;
  std::string want;
};

class CountQuestionTest : public ::testing::TestWithParam<QuestionCase> {};

TEST_P(CountQuestionTest, IsInTheProvidersWords) {
  const auto read =
      GetParam().from->token_count()->ReadRequest(GetParam().body);
  const auto* request = std::get_if<canonical::Request>(&read);
  ASSERT_NE(request, nullptr) << std::get<ApiError>(read).message;
  const auto written =
      GetParam().to->token_count()->WriteRequest(*request, {"upstream"});
  const auto* question = std::get_if<canonical::WrittenRequest>(&written);
  ASSERT_NE(question, nullptr) << std::get<ApiError>(written).message;
  EXPECT_EQ(question->body, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, CountQuestionTest,
    ::testing::ValuesIn<QuestionCase>({
        {"NoLimitIsWanted", &Gemini(), &Anthropic(),
         R"({"contents":[{"parts":[{"text":"Hi"}]}]})",
         R"({"model":"upstream","messages":[{"role":"user","content":)"
         R"([{"type":"text","text":"Hi"}]}]})"},
        {"AWholeRequest", &Gemini(), &Anthropic(),
         R"({"generateContentRequest":{"model":"models/m","contents":)"
         R"([{"parts":[{"text":"Hi"}]}],"systemInstruction":)"
         R"({"parts":[{"text":"Be brief."}]},)"
         R"("generationConfig":{"temperature":0.5}}})",
         R"({"model":"upstream","system":[{"type":"text","text":"Be brief."}],)"
         R"("messages":[{"role":"user","content":)"
         R"([{"type":"text","text":"Hi"}]}]})"},
        {"InstructionsAndTools", &Anthropic(), &Gemini(),
         R"({"model":"m","system":"Be brief.","messages":)"
         R"([{"role":"user","content":"Hi"}],)"
         R"("tools":[{"name":"f","input_schema":{"type":"object"}}]})",
         R"({"generateContentRequest":{"model":"models/upstream",)"
         R"("systemInstruction":{"parts":[{"text":"Be brief."}]},)"
         R"("contents":[{"role":"user","parts":[{"text":"Hi"}]}],)"
         R"("tools":[{"functionDeclarations":[{"name":"f",)"
         R"("parametersJsonSchema":{"type":"object"}}]}],)"
         R"("generationConfig":{}}})"},
    }),
    [](const auto& test) { return test.param.name; });

TEST(TokenCountTest, PathsNameTheModelWhereTheApiWantsIt) {
  EXPECT_EQ(Anthropic().token_count()->Path("m"), "/messages/count_tokens");
  EXPECT_EQ(Gemini().token_count()->Path("m"), "/models/m:countTokens");
  EXPECT_EQ(OpenAi().token_count(), nullptr);
}

TEST(TokenCountTest, AnswersAreOneNumber) {
  for (const Dialect* dialect : {&Anthropic(), &Gemini()}) {
    const TokenCount& count = *dialect->token_count();
    EXPECT_EQ(count.ReadAnswer(count.WriteAnswer(77)), 77U);
    EXPECT_EQ(count.ReadAnswer(R"({"error":{}})"), std::nullopt);
    EXPECT_EQ(count.ReadAnswer("[]"), std::nullopt);
    EXPECT_EQ(count.ReadAnswer("77"), std::nullopt);
  }
}

TEST(TokenCountTest, WhatIsWrongIsNamedByItsPlace) {
  const auto read = Gemini().token_count()->ReadRequest(
      R"({"generateContentRequest":{"contents":[{"role":"robot"}]}})");
  ASSERT_TRUE(std::holds_alternative<ApiError>(read));
  EXPECT_EQ(std::get<ApiError>(read).message,
            "`generateContentRequest.contents[0]` has a `role` that is not "
            "user or model.");
}

struct EstimateCase {
  std::string name;
  std::string body;
  std::uint64_t want;
};

class TokenEstimateTest : public ::testing::TestWithParam<EstimateCase> {};

TEST_P(TokenEstimateTest, FollowsTheRulesOfThumb) {
  const auto read = Anthropic().token_count()->ReadRequest(GetParam().body);
  ASSERT_TRUE(std::holds_alternative<canonical::Request>(read))
      << std::get<ApiError>(read).message;
  EXPECT_EQ(canonical::EstimateTokens(std::get<canonical::Request>(read)),
            GetParam().want);
}

std::string User(const std::string& content) {
  return R"({"messages":[{"role":"user","content":)" + content + "}]}";
}

INSTANTIATE_TEST_SUITE_P(
    Table, TokenEstimateTest,
    ::testing::ValuesIn<EstimateCase>({
        {"NothingIsOne", R"({"messages":[]})", 1},
        // 4 for the message, 12 bytes.
        {"Text", User(R"("twelve bytes")"), 4 + 3},
        // As many, whatever the picture's size.
        {"Image",
         User(R"([{"type":"image","source":{"type":"base64",)"
              R"("media_type":"image/png","data":"AAAAAAAAAAAAAAAA"}}])"),
         4 + 765},
        {"Document",
         User(R"([{"type":"document","source":{"type":"base64",)"
              R"("media_type":"application/pdf","data":"AAAA"}}])"),
         4 + 2000},
        // 4 for each of three messages and the tool; name and arguments of the
        // call 10 bytes, result 4, name and schema of the tool 18, user 2.
        {"ToolsCallsAndResults",
         R"({"messages":[{"role":"user","content":"Hi"},)"
         R"({"role":"assistant","content":[{"type":"tool_use","id":"a",)"
         R"("name":"f","input":{"a":1111}}]},)"
         R"({"role":"user","content":[{"type":"tool_result",)"
         R"("tool_use_id":"a","content":"four"}]}],)"
         R"("tools":[{"name":"f","input_schema":{"type":"object"}}]})",
         4 * 4 + (11 + 4 + 18 + 2 + 3) / 4},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::dialect
