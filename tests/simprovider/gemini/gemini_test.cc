#include "tests/simprovider/gemini/gemini.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/text/text.h"
#include "tests/simprovider/dialect/dialect_fixture.h"

namespace weir::simprovider {
namespace {

using simdjson::dom::element;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kGenerate =
    "/v1beta/models/gemini-x:generateContent";
constexpr std::string_view kEvents =
    "/v1beta/models/gemini-x:streamGenerateContent?alt=sse";
constexpr std::string_view kArray =
    "/v1beta/models/gemini-x:streamGenerateContent";
constexpr std::string_view kText = "/candidates/0/content/parts/0/text";

class GeminiTest : public DialectFixture<Gemini> {
 protected:
  // A request of `members`, which begin with a comma.
  static std::string Body(std::string_view members) {
    return text::Cat(R"({"contents":[{"parts":[{"text":"Hi"}]}])", members,
                     "}");
  }
  Answer Say(std::string_view members) {
    return Post(kGenerate, Body(members));
  }
};

constexpr std::string_view kTools =
    R"(,"tools":[{"functionDeclarations":[{"name":"f","parameters":)"
    R"({"type":"OBJECT","properties":{"city":{"type":"STRING",)"
    R"("enum":["San Francisco"]}}}},{"name":"g"}]}])";
constexpr std::string_view kThinking =
    R"(,"generationConfig":{"thinkingConfig":{"includeThoughts":true}})";

TEST_F(GeminiTest, AnAnswerSaysWhoGivesItAndEchoesTheModel) {
  const Answer answer = Say("");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.model, "gemini-x");
  const element json = Json(answer);
  EXPECT_EQ(std::string_view(json["modelVersion"]), "gemini-x");
  EXPECT_EQ(std::string_view(json.at_pointer(kText)),
            "alpha answers: the river");
  EXPECT_EQ(std::string_view(json.at_pointer("/candidates/0/content/role")),
            "model");
  EXPECT_EQ(std::string_view(json.at_pointer("/candidates/0/finishReason")),
            "STOP");
}

TEST_F(GeminiTest, SaysHowLikelyItsTokensWere) {
  const element json = Json(
      Say(R"(,"generationConfig":{"responseLogprobs":true,"logprobs":2})"));
  const element result = json.at_pointer("/candidates/0/logprobsResult");
  EXPECT_EQ(std::string_view(result.at_pointer("/chosenCandidates/1/token")),
            " answers:");
  EXPECT_EQ(
      double(result.at_pointer("/topCandidates/1/candidates/0/logProbability")),
      -0.25);
  EXPECT_EQ(std::string_view(
                result.at_pointer("/topCandidates/1/candidates/1/token")),
            " other1");
}

TEST_F(GeminiTest, ServesBothVersions) {
  const Answer answer = Post("/v1/models/gemini-x:generateContent", Body(""));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.model, "gemini-x");
}

TEST_F(GeminiTest, UsageAddsUp) {
  cached_tokens_ = 5;
  std::string body = Body(R"(,"generationConfig":{"thinkingConfig":)"
                          R"({"thinkingBudget":100}})");
  body.resize(160, ' ');
  const element usage = Json(Post(kGenerate, body))["usageMetadata"];
  EXPECT_EQ(std::int64_t(usage["promptTokenCount"]), 40);  // 160 bytes / 4.
  EXPECT_EQ(std::int64_t(usage["candidatesTokenCount"]), 4);
  EXPECT_EQ(std::int64_t(usage["thoughtsTokenCount"]), 6);
  EXPECT_EQ(std::int64_t(usage["totalTokenCount"]), 50);
  EXPECT_EQ(std::int64_t(usage["cachedContentTokenCount"]), 5);
}

TEST_F(GeminiTest, TheRequestsOwnLimitsAreObeyed) {
  const element limited = Json(Say(R"(,"generationConfig":)"
                                   R"({"maxOutputTokens":1})"));
  EXPECT_EQ(std::string_view(limited.at_pointer(kText)), "alpha");
  EXPECT_EQ(std::string_view(limited.at_pointer("/candidates/0/finishReason")),
            "MAX_TOKENS");
  // The other spelling is taken, too.
  const element stopped = Json(Say(R"(,"generation_config":)"
                                   R"({"stop_sequences":[" the"]})"));
  EXPECT_EQ(std::string_view(stopped.at_pointer(kText)), "alpha answers:");
}

TEST_F(GeminiTest, AStreamOfEventsEndsWithTheReason) {
  const Answer answer = Post(kEvents, Body(""));
  EXPECT_EQ(answer.content_type, "text/event-stream");
  const auto events = EventsOf(answer);
  ASSERT_EQ(events.size(), 4U);
  for (const std::string& event : events) {
    EXPECT_THAT(event, AllOf(StartsWith("data: {"), EndsWith("}\r\n\r\n")));
  }
  EXPECT_EQ(Joined(events, kText), "alpha answers: the river");
  EXPECT_EQ(Joined(events, "/candidates/0/finishReason"), "STOP");
  EXPECT_THAT(events[1], HasSubstr(R"("candidatesTokenCount":2)"));
  EXPECT_THAT(events[3], HasSubstr(R"("finishReason":"STOP")"));
}

TEST_F(GeminiTest, WithoutEventsAStreamIsAJsonArray) {
  Answer answer = Post(kArray, Body(""));
  EXPECT_THAT(answer.content_type, StartsWith("application/json"));
  std::string whole;
  for (const std::string& piece : EventsOf(answer)) whole += piece;
  answer.body = whole;
  const element json = Json(answer);
  ASSERT_EQ(simdjson::dom::array(json).size(), 4U);
  EXPECT_EQ(std::string_view(json.at_pointer(text::Cat("/3", kText))),
            " river");
}

TEST_F(GeminiTest, ThoughtsAreShownWhereTheyAreWanted) {
  const element json = Json(Say(kThinking));
  EXPECT_EQ(std::string_view(json.at_pointer(kText)),
            "Let me think of the river.");
  EXPECT_TRUE(bool(json.at_pointer("/candidates/0/content/parts/0/thought")));
  EXPECT_EQ(
      std::string_view(json.at_pointer("/candidates/0/content/parts/1/text")),
      "alpha answers: the river");
  EXPECT_EQ(Joined(EventsOf(Post(kEvents, Body(kThinking))), kText),
            "Let me think of the river.alpha answers: the river");
}

TEST_F(GeminiTest, CallsToolsInParallelAndSignsTheFirstAfterAThought) {
  tool_calls_ = 2;
  const element json = Json(Say(text::Cat(kTools, kThinking)));
  EXPECT_EQ(simdjson::minify(
                json.at_pointer("/candidates/0/content/parts/1/functionCall")),
            R"({"name":"f","args":{"city":"San Francisco"}})");
  EXPECT_FALSE(std::string_view(json.at_pointer("/candidates/0/content/parts/1/"
                                                "thoughtSignature"))
                   .empty());
  EXPECT_EQ(std::string_view(json.at_pointer(
                "/candidates/0/content/parts/2/functionCall/name")),
            "g");
  EXPECT_EQ(std::string_view(json.at_pointer("/candidates/0/finishReason")),
            "STOP");
  EXPECT_EQ(Joined(EventsOf(Post(kEvents, Body(kTools))),
                   "/candidates/0/content/parts/0/functionCall/name"),
            "fg");
}

TEST_F(GeminiTest, CallsWhatIsAllowedAndNothingWhereNothingIs) {
  const auto choose = [this](std::string_view calling) {
    return Say(text::Cat(kTools, R"(,"toolConfig":{"functionCallingConfig":)",
                         calling, "}"))
        .body;
  };
  EXPECT_THAT(choose(R"({"mode":"ANY","allowedFunctionNames":["g"]})"),
              HasSubstr(R"("functionCall":{"name":"g")"));
  EXPECT_THAT(choose(R"({"mode":"NONE"})"), HasSubstr("alpha answers:"));
}

TEST_F(GeminiTest, SeesImagesAndWhatToolsSaid) {
  const element json = Json(Post(
      kGenerate,
      R"({"contents":[{"role":"user","parts":[{"inlineData":)"
      R"({"mimeType":"image/png","data":"AAAA"}},)"
      R"({"fileData":{"fileUri":"gs://a"}}]},)"
      R"({"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},)"
      R"({"role":"user","parts":[{"functionResponse":)"
      R"({"name":"f","response":{"output":"21 C"}}}]}]})"));
  EXPECT_EQ(std::string_view(json.at_pointer(kText)),
            "alpha [saw image/png] [saw gs://a] [got 21 C]");
  EXPECT_EQ(std::string_view(json.at_pointer(
                "/usageMetadata/promptTokensDetails/1/modality")),
            "IMAGE");
}

TEST_F(GeminiTest, AnswersBySchema) {
  const element json =
      Json(Say(R"(,"generationConfig":{"responseMimeType":"application/json",)"
               R"("responseSchema":{"type":"OBJECT","properties":)"
               R"({"n":{"type":"INTEGER"}}}})"));
  EXPECT_EQ(std::string_view(json.at_pointer(kText)), R"({"n":1})");
}

TEST_F(GeminiTest, CountsTokensOfEitherShape) {
  const std::string plain = Body("");
  const std::string nested =
      text::Cat(R"({"generateContentRequest":)", plain, "}");
  for (const std::string& body : {plain, nested}) {
    const element json = Json(Post("/v1beta/models/m:countTokens", body));
    EXPECT_EQ(std::int64_t(json["totalTokens"]),
              static_cast<std::int64_t>(body.size() / 4));
  }
}

TEST_F(GeminiTest, ModelsAreListedAndUnknownOnesRefused) {
  models_ = {"a", "b"};
  EXPECT_EQ(
      std::string_view(
          Json(Ask("GET", "/v1beta/models", "")).at_pointer("/models/1/name")),
      "models/b");
  EXPECT_EQ(std::string_view(Json(Ask("GET", "/v1beta/models/a", ""))["name"]),
            "models/a");
  EXPECT_EQ(Ask("GET", "/v1beta/models/c", "").status, 404);
  const Answer refused = Say("");
  EXPECT_EQ(refused.status, 404);
  EXPECT_THAT(refused.body, HasSubstr(R"("status":"NOT_FOUND")"));
}

TEST_F(GeminiTest, AnErrorHasTheNameOfItsStatus) {
  struct {
    int status;
    std::string_view name;
  } const kCases[] = {{400, "INVALID_ARGUMENT"},   {401, "UNAUTHENTICATED"},
                      {403, "PERMISSION_DENIED"},  {404, "NOT_FOUND"},
                      {429, "RESOURCE_EXHAUSTED"}, {500, "INTERNAL"},
                      {503, "UNAVAILABLE"},        {504, "DEADLINE_EXCEEDED"}};
  for (const auto& [status, name] : kCases) {
    const element json = parser_.parse(
        simdjson::padded_string(dialect_.ErrorBody(status, "why")));
    EXPECT_EQ(std::int64_t(json["error"]["code"]), status);
    EXPECT_EQ(std::string_view(json["error"]["status"]), name);
    EXPECT_EQ(std::string_view(json["error"]["message"]), "why");
  }
}

TEST_F(GeminiTest, AnErrorBreaksAStreamInItsForm) {
  Answer events;
  events.content_type = "text/event-stream";
  EXPECT_EQ(dialect_.ErrorEvent(events, 1, "{}"), "{}\r\n\r\n");
  EXPECT_EQ(dialect_.ErrorEvent({}, 1, "{}"), ",\r\n{}]");
  EXPECT_EQ(dialect_.ErrorEvent({}, 0, "{}"), "[{}]");
}

TEST_F(GeminiTest, SaysInTheBodyWhenMoreMayBeAsked) {
  const Answer answer = dialect_.TooManyRequests(
      {.limit = 2, .remaining = 0, .reset_seconds = 17, .unix_seconds = 0});
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.header_lines, "");
  EXPECT_EQ(
      std::string_view(Json(answer).at_pointer("/error/details/1/retryDelay")),
      "17s");
}

TEST_F(GeminiTest, TakesItsKeyInAHeaderOrTheQuery) {
  Request request;
  request.headers = {{"Authorization", "Bearer k"}};
  EXPECT_FALSE(dialect_.ShowsKey(request, "k"));
  request.query = "alt=sse&key=k";
  EXPECT_TRUE(dialect_.ShowsKey(request, "k"));
  request.query = "";
  request.headers = {{"X-Goog-Api-Key", "k"}};
  EXPECT_TRUE(dialect_.ShowsKey(request, "k"));
}

TEST_F(GeminiTest, AWrongKeyIsABadRequest) {
  const Answer answer = dialect_.WrongKey();
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(
      std::string_view(Json(answer).at_pointer("/error/details/0/reason")),
      "API_KEY_INVALID");
}

TEST_F(GeminiTest, OtherMethodsEchoWhatTheyWereSent) {
  EXPECT_EQ(std::string_view(
                Json(Post("/v1beta/models/m:embedContent", "{}"))["path"]),
            "/v1beta/models/m:embedContent");
  EXPECT_EQ(Post("/other", "").status, 404);
  EXPECT_EQ(Post(kGenerate, "{").status, 400);
}

}  // namespace
}  // namespace weir::simprovider
