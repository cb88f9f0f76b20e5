#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "common/dialect/dialect.h"
#include "gtest/gtest.h"

namespace weir::dialect {
namespace {

TEST(OpenAiTest, PathsFollowTheBaseUrl) {
  EXPECT_EQ(OpenAi().ChatPath("gpt-4.1", Delivery::kWhole),
            "/chat/completions");
  EXPECT_EQ(OpenAi().ModelsPath(), "/models");
}

TEST(OpenAiTest, AProbeAsksForOneToken) {
  simdjson::dom::parser parser;
  simdjson::dom::element body;
  ASSERT_FALSE(parser.parse(OpenAi().ProbeBody("a\"b")).get(body));
  EXPECT_EQ(std::string_view(body["model"]), "a\"b");
  EXPECT_EQ(std::int64_t(body["max_tokens"]), 1);
  EXPECT_EQ(std::string_view(body["messages"].at(0)["role"]), "user");
}

TEST(OpenAiTest, TheCredentialIsABearerToken) {
  EXPECT_EQ(OpenAi().CredentialHeaders("sk-1"),
            "Authorization: Bearer sk-1\r\n");
}

struct OpenAiShapeCase {
  std::string name;
  std::string body;
  bool is_chat;
  bool is_model_list;
};

class OpenAiShapeTest : public ::testing::TestWithParam<OpenAiShapeCase> {};

TEST_P(OpenAiShapeTest, FollowsTheTable) {
  EXPECT_EQ(OpenAi().LooksLikeChatAnswer(GetParam().body), GetParam().is_chat);
  EXPECT_EQ(OpenAi().LooksLikeModelList(GetParam().body),
            GetParam().is_model_list);
}

INSTANTIATE_TEST_SUITE_P(
    Table, OpenAiShapeTest,
    ::testing::ValuesIn<OpenAiShapeCase>({
        {"Chat", R"({"id":"c","choices":[{"message":{"role":"assistant"}}]})",
         true, false},
        {"ChatWithNullError", R"({"error":null,"choices":[{"message":{}}]})",
         true, false},
        {"Models", R"({"object":"list","data":[{"id":"m"}]})", false, true},
        {"NoModels", R"({"object":"list","data":[]})", false, true},
        {"Empty", "", false, false},
        {"NotJson", "<html>Bad gateway</html>", false, false},
        {"CutShort", R"({"choices":[{"message":{)", false, false},
        {"NotAnObject", R"([{"choices":[]}])", false, false},
        {"NoChoices", R"({"choices":[]})", false, false},
        {"ChoiceWithoutMessage", R"({"choices":[{"text":"a"}]})", false, false},
        {"ChoiceIsNoObject", R"({"choices":["a"]})", false, false},
        {"ErrorIn200",
         R"({"error":{"message":"overloaded"},"choices":[{"message":{}}],)"
         R"("data":[]})",
         false, false},
        {"ModelWithoutId", R"({"data":[{"name":"m"}]})", false, false},
        {"DataIsNoList", R"({"data":{"id":"m"}})", false, false},
        {"TwoDocuments", R"({"data":[]}{"data":[]})", false, false},
    }),
    [](const auto& test) { return test.param.name; });

struct ErrorCase {
  int status;
  std::string_view code;
  std::string_view type;
};

class OpenAiErrorTest : public ::testing::TestWithParam<ErrorCase> {};

TEST_P(OpenAiErrorTest, TheTypeFollowsTheStatus) {
  simdjson::dom::parser parser;
  simdjson::dom::element body;
  const std::string text =
      OpenAi().ErrorBody({GetParam().status, GetParam().code, "no"});
  ASSERT_FALSE(parser.parse(text).get(body));
  EXPECT_EQ(std::string_view(body["error"]["type"]), GetParam().type);
  EXPECT_EQ(std::string_view(body["error"]["code"]), GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    Table, OpenAiErrorTest,
    ::testing::ValuesIn<ErrorCase>({
        {400, "invalid_json", "invalid_request_error"},
        {401, "invalid_api_key", "invalid_request_error"},
        {403, "model_not_allowed", "invalid_request_error"},
        {404, "model_not_found", "invalid_request_error"},
        {413, "request_too_large", "invalid_request_error"},
        {422, "unprocessable", "invalid_request_error"},
        {429, "rate_limit_exceeded", "requests"},
        {429, "insufficient_quota", "insufficient_quota"},
        {500, "internal_error", "server_error"},
        {502, "bad_gateway", "server_error"},
        {503, "no_healthy_provider", "server_error"},
        {504, "gateway_timeout", "server_error"},
    }));

TEST(OpenAiErrorBodyTest, HasAllFourKeys) {
  EXPECT_EQ(OpenAi().ErrorBody({404, "model_not_found", "no \"x\"", "model"}),
            R"({"error":{"message":"no \"x\"","type":"invalid_request_error",)"
            R"("param":"model","code":"model_not_found"}})");
}

TEST(OpenAiErrorBodyTest, WhatIsEmptyIsNull) {
  EXPECT_EQ(OpenAi().ErrorBody({500, "", "oops"}),
            R"({"error":{"message":"oops","type":"server_error",)"
            R"("param":null,"code":null}})");
}

TEST(OpenAiErrorEventTest, IsOneFrameWhateverTheMessageHolds) {
  const std::string event =
      OpenAi().ErrorEvent({502, "upstream_reset", "a\n\ndata: [DONE]\n\n"});
  EXPECT_TRUE(event.starts_with("data: {\"error\":{"));
  EXPECT_EQ(event.find('\n'), event.size() - 2);
  EXPECT_TRUE(event.ends_with("}}\n\n"));
}

}  // namespace
}  // namespace weir::dialect
