#include "tests/simprovider/openai/openai.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/escaping.h"
#include "bench/text/text.h"
#include "tests/simprovider/dialect/dialect_fixture.h"

namespace weir::simprovider {
namespace {

using simdjson::dom::element;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class OpenAiTest : public DialectFixture<OpenAi> {};

constexpr std::string_view kTools =
    R"("tools":[{"type":"function","function":{"name":"f","parameters":)"
    R"({"type":"object","properties":{"city":{"enum":["San Francisco"]}}}}}])";
constexpr std::string_view kArguments = R"({"city":"San Francisco"})";
constexpr std::string_view kChat = "/v1/chat/completions";

TEST_F(OpenAiTest, ChatSaysWhoAnswersAndEchoesTheModel) {
  const Answer answer = Post(kChat, R"({"model":"gpt-x","messages":[]})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.model, "gpt-x");
  EXPECT_EQ(answer.tokens, 4);
  const element json = Json(answer);
  EXPECT_EQ(std::string_view(json["object"]), "chat.completion");
  EXPECT_EQ(std::string_view(json["model"]), "gpt-x");
  EXPECT_EQ(std::int64_t(json["created"]), 1'700'000'000);
  EXPECT_EQ(std::string_view(json.at_pointer("/choices/0/message/content")),
            "alpha answers: the river");
  EXPECT_EQ(std::string_view(json.at_pointer("/choices/0/finish_reason")),
            "stop");
}

TEST_F(OpenAiTest, UsageAddsUp) {
  const element usage =
      Json(Post(kChat, R"({"model":"gpt-x","messages":[]})"))["usage"];
  EXPECT_EQ(std::int64_t(usage["prompt_tokens"]), 7);  // 31 bytes / 4.
  EXPECT_EQ(std::int64_t(usage["completion_tokens"]), 4);
  EXPECT_EQ(std::int64_t(usage["total_tokens"]), 11);
}

TEST_F(OpenAiTest, TheRequestsOwnLimitShortensTheAnswer) {
  for (const char* limit : {"max_tokens", "max_completion_tokens"}) {
    const element json =
        Json(Post(kChat, text::Cat(R"({"model":"m",")", limit, "\":1}")));
    EXPECT_EQ(std::string_view(json.at_pointer("/choices/0/message/content")),
              "alpha");
    EXPECT_EQ(std::string_view(json.at_pointer("/choices/0/finish_reason")),
              "length");
  }
}

TEST_F(OpenAiTest, NoTwoAnswersShareAnId) {
  const element first = Json(Post(kChat, R"({"model":"m"})"));
  const std::string id{std::string_view(first["id"])};
  const element second = Json(Post(kChat, R"({"model":"m"})"));
  EXPECT_NE(id, std::string_view(second["id"]));
  EXPECT_EQ(id.size(), std::string_view("chatcmpl-").size() + 16);
}

TEST_F(OpenAiTest, AStreamSaysTheSameTokenByToken) {
  const auto events = EventsOf(Post(kChat, R"({"model":"m","stream":true})"));
  ASSERT_EQ(events.size(), 1U + 4 + 1 + 1);
  EXPECT_EQ(Joined(events, "/choices/0/delta/role"), "assistant");
  EXPECT_EQ(Joined(events, "/choices/0/delta/content"),
            "alpha answers: the river");
  EXPECT_EQ(Joined(events, "/choices/0/finish_reason"), "stop");
  EXPECT_EQ(events.back(), "data: [DONE]\n\n");
  EXPECT_THAT(events[0], Not(HasSubstr("usage")));
}

TEST_F(OpenAiTest, UsageIsAnEventOfItsOwnWhereItIsAskedFor) {
  const auto events =
      EventsOf(Post(kChat, R"({"model":"m","stream":true,)"
                           R"("stream_options":{"include_usage":true}})"));
  ASSERT_EQ(events.size(), 1U + 4 + 1 + 1 + 1);
  EXPECT_THAT(events[0], HasSubstr("\"usage\":null"));
  EXPECT_THAT(events[6], HasSubstr(R"("choices":[],"usage":{"prompt_tokens")"));
}

TEST_F(OpenAiTest, ToolsAreCalled) {
  const element json =
      Json(Post(kChat, text::Cat(R"({"model":"m",)", kTools, "}")));
  EXPECT_TRUE(json.at_pointer("/choices/0/message/content").is_null());
  const element call = json.at_pointer("/choices/0/message/tool_calls/0");
  EXPECT_EQ(std::string_view(call.at_pointer("/function/name")), "f");
  EXPECT_EQ(std::string_view(call.at_pointer("/function/arguments")),
            kArguments);
  EXPECT_EQ(std::string_view(json.at_pointer("/choices/0/finish_reason")),
            "tool_calls");
}

TEST_F(OpenAiTest, AToolCallIsStreamedInPieces) {
  const auto events = EventsOf(
      Post(kChat, text::Cat(R"({"model":"m","stream":true,)", kTools, "}")));
  constexpr std::string_view kCall = "/choices/0/delta/tool_calls/0";
  EXPECT_EQ(Joined(events, text::Cat(kCall, "/function/name")), "f");
  EXPECT_EQ(Joined(events, text::Cat(kCall, "/function/arguments")),
            kArguments);
  EXPECT_EQ(Joined(events, "/choices/0/finish_reason"), "tool_calls");
  // Role, name, 24 bytes of arguments in twelves, end, [DONE].
  EXPECT_EQ(events.size(), 6U);
}

TEST_F(OpenAiTest, CompletionsAnswerInText) {
  const element json = Json(Post("/v1/completions", R"({"model":"m"})"));
  EXPECT_EQ(std::string_view(json["object"]), "text_completion");
  EXPECT_EQ(std::string_view(json.at_pointer("/choices/0/text")),
            "alpha answers: the river");
  const auto events =
      EventsOf(Post("/v1/completions", R"({"model":"m","stream":true})"));
  EXPECT_EQ(Joined(events, "/choices/0/text"), "alpha answers: the river");
  EXPECT_EQ(events.back(), "data: [DONE]\n\n");
}

TEST_F(OpenAiTest, ResponsesAnswerAsOneObject) {
  const element json = Json(Post("/v1/responses", R"({"model":"m"})"));
  EXPECT_EQ(std::string_view(json["object"]), "response");
  EXPECT_EQ(std::string_view(json["status"]), "completed");
  EXPECT_EQ(std::string_view(json.at_pointer("/output/0/content/0/text")),
            "alpha answers: the river");
  EXPECT_EQ(std::int64_t(json.at_pointer("/usage/output_tokens")), 4);
}

TEST_F(OpenAiTest, ResponsesStreamFromCreatedToCompleted) {
  const auto events =
      EventsOf(Post("/v1/responses", R"({"model":"m","stream":true})"));
  EXPECT_THAT(events.front(), HasSubstr("event: response.created\n"));
  EXPECT_THAT(events.back(), HasSubstr("event: response.completed\n"));
  EXPECT_EQ(Joined(events, "/delta"), "alpha answers: the river");
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_THAT(events[i],
                HasSubstr(text::Cat("\"sequence_number\":", i, ",")));
  }
}

TEST_F(OpenAiTest, ResponsesCallToolsToo) {
  const std::string request =
      R"({"model":"m","stream":true,"tools":[{"type":"function","name":"f"}]})";
  const auto events = EventsOf(Post("/v1/responses", request));
  EXPECT_EQ(Joined(events, "/delta"), "{}");
  EXPECT_THAT(events.back(), HasSubstr(R"("type":"function_call")"));
}

TEST_F(OpenAiTest, ResponsesCallToolsThatTakeATextAndThoseOfANamespace) {
  tool_calls_ = 2;
  const std::string request =
      R"({"model":"m","tools":[{"type":"custom","name":"patch"},)"
      R"({"type":"namespace","name":"docs","tools":)"
      R"([{"type":"function","name":"find"}]}])";
  const element json = Json(Post("/v1/responses", request + "}"));
  EXPECT_EQ(std::string_view(json.at_pointer("/output/0/type")),
            "custom_tool_call");
  EXPECT_EQ(std::string_view(json.at_pointer("/output/0/input")), "text");
  EXPECT_EQ(std::string_view(json.at_pointer("/output/1/namespace")), "docs");
  EXPECT_EQ(std::string_view(json.at_pointer("/output/1/name")), "find");
  const auto events =
      EventsOf(Post("/v1/responses", request + R"(,"stream":true})"));
  EXPECT_THAT(TypesOf(events),
              HasSubstr("response.custom_tool_call_input.delta "
                        "response.custom_tool_call_input.done"));
}

TEST_F(OpenAiTest, ResponsesFailByEventsOfTheirOwn) {
  const std::string request = R"({"model":"m","stream":true})";
  const std::string error = R"({"error":{"message":"no","code":"x"}})";
  EXPECT_EQ(dialect_.ErrorEvent(Post("/v1/responses", request), 3, error),
            "event: error\ndata: {\"type\":\"error\",\"sequence_number\":3,"
            "\"code\":\"x\",\"message\":\"no\",\"param\":null}\n\n");
  failure_form_ = FailureForm::kFailed;
  EXPECT_THAT(dialect_.ErrorEvent(Post("/v1/responses", request), 3, error),
              AllOf(HasSubstr("event: response.failed\n"),
                    HasSubstr(R"("status":"failed")"),
                    HasSubstr(R"("error":{"code":"x","message":"no"})")));
  EXPECT_EQ(dialect_.ErrorEvent(Post(kChat, request), 3, error),
            "data: " + error + "\n\n");
}

TEST_F(OpenAiTest, ResponsesSayWhenTheLimitEndedThem) {
  const element json =
      Json(Post("/v1/responses", R"({"model":"m","max_output_tokens":2})"));
  EXPECT_EQ(std::string_view(json["status"]), "incomplete");
  EXPECT_EQ(std::string_view(json.at_pointer("/incomplete_details/reason")),
            "max_output_tokens");
}

TEST_F(OpenAiTest, ChatShowsItsThoughtsAndCountsThem) {
  const std::string body = R"({"model":"m","reasoning_effort":"low")";
  const element json = Json(Post(kChat, body + "}"));
  EXPECT_EQ(
      std::string_view(json.at_pointer("/choices/0/message/reasoning_content")),
      "Let me think of the river.");
  EXPECT_EQ(std::int64_t(json.at_pointer(
                "/usage/completion_tokens_details/reasoning_tokens")),
            6);
  EXPECT_EQ(Joined(EventsOf(Post(kChat, body + R"(,"stream":true})")),
                   "/choices/0/delta/reasoning_content"),
            "Let me think of the river.");
}

TEST_F(OpenAiTest, ResponsesHaveAnItemForEachThoughtAndCall) {
  tool_calls_ = 2;
  const std::string body =
      text::Cat(R"({"model":"m","reasoning":{"effort":"low"},)", kTools);
  const element json = Json(Post("/v1/responses", body + "}"));
  EXPECT_EQ(std::string_view(json.at_pointer("/output/0/type")), "reasoning");
  EXPECT_EQ(std::string_view(json.at_pointer("/output/2/arguments")),
            kArguments);
  const auto events =
      EventsOf(Post("/v1/responses", body + R"(,"stream":true})"));
  EXPECT_THAT(TypesOf(events), HasSubstr("response.reasoning_summary_text.done "
                                         "response.reasoning_summary_part.done "
                                         "response.output_item.done "
                                         "response.output_item.added"));
  EXPECT_EQ(Joined(events, "/arguments"), text::Cat(kArguments, kArguments));
}

TEST_F(OpenAiTest, CallsComeInTurnOrInterleaved) {
  tool_calls_ = 2;
  const std::string body =
      text::Cat(R"({"model":"m","stream":true,)", kTools, "}");
  const auto indices = [&] {
    std::string found;
    for (const std::string& event : EventsOf(Post(kChat, body))) {
      const std::size_t at = event.find(R"("tool_calls":[{"index":)");
      if (at != std::string::npos) found += event[at + 23];
    }
    return found;
  };
  // A head and two pieces of 12 bytes each.
  EXPECT_EQ(indices(), "000111");
  call_order_ = CallOrder::kInterleaved;
  EXPECT_EQ(indices(), "010101");
}

TEST_F(OpenAiTest, SaysHowLikelyItsTokensWere) {
  const element chat =
      Json(Post(kChat, R"({"model":"m","logprobs":true,"top_logprobs":2})"));
  const element first = chat.at_pointer("/choices/0/logprobs/content/0");
  EXPECT_EQ(std::string_view(first["token"]), "alpha");
  EXPECT_EQ(double(first["logprob"]), -0.25);
  EXPECT_EQ(std::int64_t(first.at_pointer("/bytes/0")), 'a');
  EXPECT_EQ(std::string_view(first.at_pointer("/top_logprobs/1/token")),
            " other1");
  const element responses = Json(
      Post("/v1/responses", R"({"model":"m","input":"a","top_logprobs":1,)"
                            R"("include":["message.output_text.logprobs"]})"));
  EXPECT_EQ(std::string_view(responses.at_pointer(
                "/output/0/content/0/logprobs/1/top_logprobs/0/token")),
            " answers:");
}

TEST_F(OpenAiTest, SaysWhatWasCached) {
  cached_tokens_ = 2;
  EXPECT_EQ(std::int64_t(Json(Post(kChat, R"({"model":"m","a":"bcd"})"))
                             .at_pointer("/usage/prompt_tokens_details/"
                                         "cached_tokens")),
            2);
}

TEST_F(OpenAiTest, EmbeddingsComeForEachInput) {
  struct {
    const char* input;
    std::size_t vectors;
  } const kCases[] = {
      {"\"a\"", 1}, {R"(["a","b","c"])", 3}, {"[1,2,3]", 1}, {"[[1],[2]]", 2}};
  for (const auto& [input, vectors] : kCases) {
    const element json = Json(Post(
        "/v1/embeddings", text::Cat(R"({"model":"m","input":)", input, "}")));
    EXPECT_EQ(simdjson::dom::array(json["data"]).size(), vectors) << input;
  }
}

TEST_F(OpenAiTest, AnEmbeddingIsTheSameInBothEncodings) {
  constexpr std::string_view kRequest = R"({"model":"m","dimensions":3)";
  const std::string floats(
      simdjson::minify(Json(Post("/v1/embeddings", text::Cat(kRequest, "}")))
                           .at_pointer("/data/0/embedding")));
  EXPECT_EQ(floats, "[0,0.0625,0.125]");
  const element json =
      Json(Post("/v1/embeddings",
                text::Cat(kRequest, R"(,"encoding_format":"base64"})")));
  std::string bytes;
  ASSERT_TRUE(absl::Base64Unescape(
      std::string(std::string_view(json.at_pointer("/data/0/embedding"))),
      &bytes));
  float vector[3];
  ASSERT_EQ(bytes.size(), sizeof(vector));
  std::memcpy(vector, bytes.data(), sizeof(vector));
  EXPECT_THAT(vector, ElementsAre(0.0F, 0.0625F, 0.125F));
}

TEST_F(OpenAiTest, ModelsAreListedAndUnknownOnesRefused) {
  models_ = {"a", "b"};
  EXPECT_EQ(std::string_view(
                Json(Ask("GET", "/v1/models", "")).at_pointer("/data/1/id")),
            "b");
  EXPECT_EQ(std::string_view(Json(Ask("GET", "/v1/models/a", ""))["id"]), "a");
  EXPECT_EQ(Ask("GET", "/v1/models/c", "").status, 404);
  const Answer refused = Post(kChat, R"({"model":"c"})");
  EXPECT_EQ(refused.status, 404);
  EXPECT_EQ(refused.model, "c");
  EXPECT_THAT(refused.body, HasSubstr("\"code\":\"model_not_found\""));
}

TEST_F(OpenAiTest, WhatIsNoRequestIsRefused) {
  for (const char* body : {"", "{", "[]", "{}", R"({"model":1})", "\xff"}) {
    const Answer answer = Post(kChat, body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_THAT(answer.body, HasSubstr("\"type\":\"invalid_request_error\""));
  }
  EXPECT_EQ(Ask("GET", "/other", "").status, 404);
}

TEST_F(OpenAiTest, OtherPathsEchoWhatTheyWereSent) {
  Request request;
  request.method = "POST";
  request.path = "/v1/audio/speech";
  request.query = "a=b";
  request.headers = {{"X-Two", "1"}, {"x-two", "2"}, {"Host", "h"}};
  request.body = "abc";
  const element json = Json(dialect_.Respond(
      request, {.tokens = 1, .unix_seconds = 0, .models = models_}));
  EXPECT_EQ(std::string_view(json["provider"]), "alpha");
  EXPECT_EQ(std::string_view(json["method"]), "POST");
  EXPECT_EQ(std::string_view(json["path"]), "/v1/audio/speech");
  EXPECT_EQ(std::string_view(json["query"]), "a=b");
  EXPECT_EQ(std::string_view(json["headers"]["x-two"]), "1, 2");
  EXPECT_EQ(std::int64_t(json["body_bytes"]), 3);
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(std::string_view(json["body_sha256"]),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace weir::simprovider
