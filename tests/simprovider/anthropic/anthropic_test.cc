#include "tests/simprovider/anthropic/anthropic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "bench/text/text.h"
#include "tests/simprovider/dialect/dialect_fixture.h"

namespace weir::simprovider {
namespace {

using simdjson::dom::element;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kMessages = "/v1/messages";

class AnthropicTest : public DialectFixture<Anthropic> {
 protected:
  AnthropicTest() { headers_ = {{"anthropic-version", "2023-06-01"}}; }

  // A request of `members`, which begin with a comma.
  static std::string Body(std::string_view members) {
    return text::Cat(R"({"model":"claude-x","max_tokens":4000,)",
                     R"("messages":[{"role":"user","content":"Hi"}])", members,
                     "}");
  }
  Answer Say(std::string_view members) {
    return Post(kMessages, Body(members));
  }
};

constexpr std::string_view kTools =
    R"(,"tools":[{"name":"f","input_schema":{"type":"object","properties":)"
    R"({"city":{"enum":["San Francisco"]}}}},)"
    R"({"name":"g","input_schema":{"type":"object"}}])";
constexpr std::string_view kThinking =
    R"(,"thinking":{"type":"enabled","budget_tokens":1024})";

TEST_F(AnthropicTest, AMessageSaysWhoAnswersAndEchoesTheModel) {
  const Answer answer = Say("");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.model, "claude-x");
  EXPECT_THAT(answer.header_lines, StartsWith("request-id: req_"));
  const element json = Json(answer);
  EXPECT_THAT(std::string(std::string_view(json["id"])), StartsWith("msg_"));
  EXPECT_EQ(std::string_view(json["type"]), "message");
  EXPECT_EQ(std::string_view(json["role"]), "assistant");
  EXPECT_EQ(std::string_view(json["model"]), "claude-x");
  EXPECT_EQ(std::string_view(json.at_pointer("/content/0/text")),
            "alpha answers: the river");
  EXPECT_EQ(std::string_view(json["stop_reason"]), "end_turn");
  EXPECT_TRUE(json["stop_sequence"].is_null());
  EXPECT_EQ(std::int64_t(json["usage"]["output_tokens"]), 4);
}

TEST_F(AnthropicTest, TheReasonToStopIsSaid) {
  const std::string limited = R"({"model":"m","max_tokens":2,)"
                              R"("messages":[{"role":"user","content":"a"}]})";
  EXPECT_EQ(std::string_view(Json(Post(kMessages, limited))["stop_reason"]),
            "max_tokens");
  const element stopped = Json(Say(R"(,"stop_sequences":["river"])"));
  EXPECT_EQ(std::string_view(stopped["stop_reason"]), "stop_sequence");
  EXPECT_EQ(std::string_view(stopped["stop_sequence"]), "river");
  EXPECT_EQ(std::string_view(Json(Say(kTools))["stop_reason"]), "tool_use");
}

TEST_F(AnthropicTest, AStreamHasItsEventsInOrder) {
  const auto events = EventsOf(Say(R"(,"stream":true)"));
  EXPECT_EQ(TypesOf(events),
            "message_start content_block_start ping content_block_delta "
            "content_block_delta content_block_delta content_block_delta "
            "content_block_stop message_delta message_stop");
  EXPECT_EQ(Joined(events, "/delta/text"), "alpha answers: the river");
  EXPECT_EQ(Joined(events, "/delta/stop_reason"), "end_turn");
  EXPECT_THAT(events[0], AllOf(HasSubstr(R"("content":[],"stop_reason":null)"),
                               HasSubstr(R"("output_tokens":1,)")));
  EXPECT_THAT(events[8], HasSubstr(R"("output_tokens":4,)"));
}

TEST_F(AnthropicTest, ThinkingIsSignedAndCounted) {
  const element json = Json(Say(kThinking));
  EXPECT_EQ(std::string_view(json.at_pointer("/content/0/thinking")),
            "Let me think of the river.");
  const std::string signature{
      std::string_view(json.at_pointer("/content/0/signature"))};
  EXPECT_FALSE(signature.empty());
  EXPECT_EQ(std::int64_t(json.at_pointer(
                "/usage/output_tokens_details/thinking_tokens")),
            6);

  const auto events = EventsOf(Say(text::Cat(kThinking, R"(,"stream":true)")));
  EXPECT_EQ(Joined(events, "/delta/thinking"), "Let me think of the river.");
  EXPECT_EQ(Joined(events, "/delta/signature"), signature);
  EXPECT_EQ(Joined(events, "/content_block/type"), "thinkingtext");
}

TEST_F(AnthropicTest, CallsToolsInParallel) {
  tool_calls_ = 2;
  const element json = Json(Say(kTools));
  EXPECT_EQ(simdjson::minify(json.at_pointer("/content/0/input")),
            R"({"city":"San Francisco"})");
  EXPECT_EQ(std::string_view(json.at_pointer("/content/1/name")), "g");
  EXPECT_NE(std::string_view(json.at_pointer("/content/0/id")),
            std::string_view(json.at_pointer("/content/1/id")));

  const auto events = EventsOf(Say(text::Cat(kTools, R"(,"stream":true)")));
  EXPECT_EQ(Joined(events, "/delta/partial_json"),
            R"({"city":"San Francisco"}{})");
  EXPECT_EQ(Joined(events, "/content_block/name"), "fg");
}

TEST_F(AnthropicTest, CallsOneToolWhereTheRequestForbidsMore) {
  tool_calls_ = 2;
  const element json =
      Json(Say(text::Cat(kTools, R"(,"tool_choice":{"type":"tool","name":"g",)"
                                 R"("disable_parallel_tool_use":true})")));
  EXPECT_EQ(simdjson::dom::array(json["content"]).size(), 1U);
  EXPECT_EQ(std::string_view(json.at_pointer("/content/0/name")), "g");
}

TEST_F(AnthropicTest, CallsNoToolWhereItMayNotOrHasResults) {
  EXPECT_EQ(std::string_view(Json(Say(text::Cat(
                kTools, R"(,"tool_choice":{"type":"none"})")))["stop_reason"]),
            "end_turn");
  const element json = Json(
      Post(kMessages,
           text::Cat(R"({"model":"m","max_tokens":9,"messages":[)"
                     R"({"role":"user","content":"Hi"},)"
                     R"({"role":"assistant","content":[)"
                     R"({"type":"tool_use","id":"t1","name":"f","input":{}}]},)"
                     R"({"role":"user","content":[{"type":"tool_result",)"
                     R"("tool_use_id":"t1","content":"21 C"}]}])",
                     kTools, "}")));
  EXPECT_EQ(std::string_view(json.at_pointer("/content/0/text")),
            "alpha [got 21 C] answers: the");
}

TEST_F(AnthropicTest, SeesImages) {
  const element json = Json(Post(
      kMessages,
      R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[)"
      R"({"type":"image","source":{"type":"base64",)"
      R"("media_type":"image/png","data":"AAAA"}},)"
      R"({"type":"image","source":{"type":"url","url":"https://a/b"}}]}]})"));
  EXPECT_EQ(std::string_view(json.at_pointer("/content/0/text")),
            "alpha [saw image/png] [saw https://a/b] answers:");
}

TEST_F(AnthropicTest, AnswersBySchema) {
  const element json =
      Json(Say(R"(,"output_config":{"format":{"type":"json_schema","schema":)"
               R"({"type":"object","properties":{"n":{"type":"integer"}}}}})"));
  EXPECT_EQ(std::string_view(json.at_pointer("/content/0/text")), R"({"n":1})");
}

// 120 bytes are 30 tokens; a quarter of what was not cached is written.
TEST_F(AnthropicTest, UsageHasDisjointParts) {
  cached_tokens_ = 10;
  std::string body =
      Body(R"(,"cache_control":{"type":"ephemeral","ttl":"1h"})");
  body.resize(160, ' ');
  const element usage = Json(Post(kMessages, body))["usage"];
  EXPECT_EQ(std::int64_t(usage["cache_read_input_tokens"]), 10);
  EXPECT_EQ(std::int64_t(usage["cache_creation_input_tokens"]), 7);
  EXPECT_EQ(std::int64_t(usage["input_tokens"]), 23);
  EXPECT_EQ(std::int64_t(usage["cache_creation"]["ephemeral_1h_input_tokens"]),
            7);
  EXPECT_EQ(std::int64_t(usage["cache_creation"]["ephemeral_5m_input_tokens"]),
            0);
}

TEST_F(AnthropicTest, CountsTokensWithoutALimit) {
  const std::string body =
      R"({"model":"m","messages":[{"role":"user","content":"Hi"}]})";
  const element json = Json(Post("/v1/messages/count_tokens", body));
  EXPECT_EQ(std::int64_t(json["input_tokens"]),
            static_cast<std::int64_t>(body.size() / 4));
}

TEST_F(AnthropicTest, ModelsAreListedAndUnknownOnesRefused) {
  models_ = {"a", "b"};
  const element list = Json(Ask("GET", "/v1/models?limit=1000", ""));
  EXPECT_EQ(std::string_view(list.at_pointer("/data/1/id")), "b");
  EXPECT_EQ(std::string_view(list["first_id"]), "a");
  EXPECT_EQ(std::string_view(list["last_id"]), "b");
  EXPECT_FALSE(bool(list["has_more"]));
  EXPECT_EQ(std::string_view(Json(Ask("GET", "/v1/models/a", ""))["id"]), "a");
  EXPECT_EQ(Ask("GET", "/v1/models/c", "").status, 404);
  const Answer refused = Say("");
  EXPECT_EQ(refused.status, 404);
  EXPECT_THAT(refused.body, HasSubstr(R"("type":"not_found_error")"));
  models_.clear();
  EXPECT_THAT(Ask("GET", "/v1/models", "").body,
              HasSubstr(R"("data":[],"has_more":false,"first_id":null)"));
}

TEST_F(AnthropicTest, AnErrorHasTheTypeOfItsStatus) {
  struct {
    int status;
    std::string_view type;
  } const kCases[] = {
      {400, "invalid_request_error"}, {401, "authentication_error"},
      {402, "billing_error"},         {403, "permission_error"},
      {404, "not_found_error"},       {413, "request_too_large"},
      {429, "rate_limit_error"},      {500, "api_error"},
      {504, "timeout_error"},         {529, "overloaded_error"}};
  for (const auto& [status, type] : kCases) {
    const std::string body = dialect_.ErrorBody(status, "why");
    const element json = parser_.parse(simdjson::padded_string(body));
    EXPECT_EQ(std::string_view(json["type"]), "error");
    EXPECT_EQ(std::string_view(json["error"]["type"]), type);
    EXPECT_EQ(std::string_view(json["error"]["message"]), "why");
  }
  EXPECT_EQ(dialect_.ErrorEvent({}, 1, "{}"), "event: error\ndata: {}\n\n");
}

TEST_F(AnthropicTest, SaysWhenMoreMayBeAsked) {
  const Answer answer =
      dialect_.TooManyRequests({.limit = 2,
                                .remaining = 0,
                                .reset_seconds = 60,
                                .unix_seconds = 1'700'000'000});
  EXPECT_EQ(answer.status, 429);
  EXPECT_THAT(answer.header_lines,
              AllOf(HasSubstr("retry-after: 60\r\n"),
                    HasSubstr("anthropic-ratelimit-requests-limit: 2\r\n"),
                    HasSubstr("anthropic-ratelimit-requests-reset: "
                              "2023-11-14T22:14:20Z\r\n")));
}

TEST_F(AnthropicTest, TakesItsKeyInTwoHeaders) {
  const auto shows = [this](Headers headers) {
    Request request;
    request.headers = std::move(headers);
    return dialect_.ShowsKey(request, "k");
  };
  EXPECT_TRUE(shows({{"X-Api-Key", "k"}}));
  EXPECT_TRUE(shows({{"Authorization", "Bearer k"}}));
  EXPECT_FALSE(shows({{"X-Api-Key", "other"}}));
  EXPECT_FALSE(shows({}));
}

TEST_F(AnthropicTest, WantsAVersion) {
  headers_.clear();
  const Answer refused = Say("");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("anthropic-version"));
}

TEST_F(AnthropicTest, ABetaMayBringFieldsThatNobodyKnows) {
  EXPECT_EQ(Say(R"(,"new_field":1)").status, 400);
  headers_.push_back({"anthropic-beta", "new-2026-01-01"});
  EXPECT_EQ(Say(R"(,"new_field":1)").status, 200);
}

TEST_F(AnthropicTest, OtherPathsEchoWhatTheyWereSent) {
  const element json = Json(Post("/v1/files?a=b", "abc"));
  EXPECT_EQ(std::string_view(json["path"]), "/v1/files");
  EXPECT_EQ(std::string_view(json["query"]), "a=b");
  EXPECT_EQ(Post("/other", "").status, 404);
  EXPECT_EQ(Post(kMessages, "{").status, 400);
}

}  // namespace
}  // namespace weir::simprovider
