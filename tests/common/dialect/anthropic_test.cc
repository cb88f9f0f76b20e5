#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/provider_error.h"
#include "common/dialect/dialect.h"
#include "gtest/gtest.h"

namespace weir::dialect {
namespace {

TEST(AnthropicTest, AProbeAsksForOneToken) {
  EXPECT_EQ(Anthropic().ChatPath("claude", Delivery::kStream), "/messages");
  EXPECT_EQ(Anthropic().ModelsPath(), "/models");
  EXPECT_EQ(Anthropic().ProbeBody("a\"b"),
            R"({"model":"a\"b","max_tokens":1,)"
            R"("messages":[{"role":"user","content":"ping"}]})");
}

TEST(AnthropicTest, ARequestBringsItsKeyAndItsVersion) {
  EXPECT_EQ(Anthropic().CredentialHeaders("sk"), "x-api-key: sk\r\n");
  EXPECT_EQ(Anthropic().VersionHeaders(), "anthropic-version: 2023-06-01\r\n");
}

struct AnthropicShapeCase {
  std::string name;
  std::string body;
  bool is_chat;
  bool is_model_list;
};

class AnthropicShapeTest : public ::testing::TestWithParam<AnthropicShapeCase> {
};

TEST_P(AnthropicShapeTest, FollowsTheTable) {
  EXPECT_EQ(Anthropic().LooksLikeChatAnswer(GetParam().body),
            GetParam().is_chat);
  EXPECT_EQ(Anthropic().LooksLikeModelList(GetParam().body),
            GetParam().is_model_list);
}

INSTANTIATE_TEST_SUITE_P(
    Table, AnthropicShapeTest,
    ::testing::ValuesIn<AnthropicShapeCase>({
        {"Chat", R"({"content":[{"type":"text","text":"a"}]})", true, false},
        {"NothingButThought", R"({"content":[]})", true, false},
        {"BlockWithoutType", R"({"content":[{"text":"a"}]})", false, false},
        {"Models", R"({"data":[{"type":"model","id":"m"}]})", false, true},
        {"Error", R"({"type":"error","error":{"type":"x"},"content":[]})",
         false, false},
        {"OpenAisAnswer", R"({"choices":[{"message":{}}]})", false, false},
        {"NotJson", "<html>", false, false},
    }),
    [](const auto& test) { return test.param.name; });

TEST(AnthropicErrorTest, TheTypeFollowsTheStatus) {
  const struct {
    int status;
    std::string_view type;
  } cases[] = {{400, "invalid_request_error"},
               {401, "authentication_error"},
               {402, "billing_error"},
               {403, "permission_error"},
               {404, "not_found_error"},
               {405, "invalid_request_error"},
               {413, "request_too_large"},
               {429, "rate_limit_error"},
               {502, "api_error"},
               {503, "overloaded_error"},
               {504, "timeout_error"},
               {529, "overloaded_error"}};
  for (const auto& c : cases) {
    EXPECT_EQ(Anthropic().ErrorBody({c.status, "some_code", "a\"b"}),
              R"({"type":"error","error":{"type":")" + std::string(c.type) +
                  R"(","message":"a\"b","code":"some_code"}})");
  }
}

TEST(AnthropicErrorTest, AnEventHasItsName) {
  EXPECT_EQ(Anthropic().ErrorEvent({502, "c", "a\n\nb"}),
            "event: error\ndata: "
            R"({"type":"error","error":{"type":"api_error",)"
            R"("message":"a\n\nb","code":"c"}})"
            "\n\n");
}

TEST(AnthropicModelListTest, IsOnePage) {
  const std::vector<std::string_view> names = {"claude-a", "gpt"};
  EXPECT_EQ(Anthropic().ModelList(names),
            R"({"data":[{"type":"model","id":"claude-a",)"
            R"("display_name":"claude-a",)"
            R"("created_at":"1970-01-01T00:00:00Z"},)"
            R"({"type":"model","id":"gpt","display_name":"gpt",)"
            R"("created_at":"1970-01-01T00:00:00Z"}],)"
            R"("has_more":false,"first_id":"claude-a","last_id":"gpt"})");
  EXPECT_EQ(Anthropic().ModelList({}),
            R"({"data":[],"has_more":false,"first_id":null,"last_id":null})");
}

// By which Claude Code knows when to shorten the conversation.
TEST(AnthropicTest, WhatIsTooLongElsewhereIsTooLongInItsWordsToo) {
  const struct {
    std::string body;
    std::string want;
  } cases[] = {
      {R"({"error":{"message":"Your input exceeds the context window.",)"
       R"("code":"context_length_exceeded"}})",
       "prompt is too long: Your input exceeds the context window. "
       "(capability_rejected: prompt_too_long)"},
      {R"({"error":{"code":400,"message":"The input token count (9) exceeds.",)"
       R"("status":"INVALID_ARGUMENT"}})",
       "prompt is too long: The input token count (9) exceeds. "
       "(capability_rejected: prompt_too_long)"},
      {R"({"error":{"message":"prompt is too long: 9 tokens"}})",
       "prompt is too long: 9 tokens"},
      {R"({"error":{"message":"temperature: too high"}})",
       "temperature: too high"},
  };
  for (const auto& [body, want] : cases) {
    const ApiError error = canonical::ErrorOfBody(400, body);
    simdjson::dom::parser parser;
    std::string_view message;
    ASSERT_FALSE(parser.parse(Anthropic().ErrorBody(error))
                     .at_pointer("/error/message")
                     .get(message));
    EXPECT_EQ(message, want);
  }
}

}  // namespace
}  // namespace weir::dialect
