// Promise: a client of any dialect, in any of its ways to ask, is answered by a
// provider of any other, and a chain of fallbacks crosses dialects unseen.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"

namespace weir::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// How a client of one API asks, and what its answers look like.
struct Caller {
  std::string name;
  std::string key_header;
  std::string path;
  std::string stream_path;
  std::string fields;
  // JSON pointers of the text and of the output's tokens.
  std::string text;
  std::string tokens;
  // What the end of a stream has in it.
  std::string stream_end;
  // Where an error says which one it is.
  std::string error_code;
};

constexpr char kTurns[] =
    R"("messages":[{"role":"user","content":"hi"}],"max_tokens":20)";
constexpr char kContents[] = R"("contents":[{"parts":[{"text":"hi"}]}])";

Caller OpenAi() {
  return {"openai",
          "authorization",
          "/v1/chat/completions",
          "/v1/chat/completions",
          kTurns,
          "/choices/0/message/content",
          "/usage/completion_tokens",
          "data: [DONE]",
          "/error/code"};
}
Caller Responses() {
  return {"responses",
          "authorization",
          "/v1/responses",
          "/v1/responses",
          R"("input":"hi","max_output_tokens":20)",
          "/output/0/content/0/text",
          "/usage/output_tokens",
          "event: response.completed",
          "/error/code"};
}
Caller Anthropic() {
  return {"anthropic",
          "x-api-key",
          "/v1/messages?beta=true",
          "/v1/messages",
          kTurns,
          "/content/0/text",
          "/usage/output_tokens",
          "event: message_stop",
          "/error/code"};
}
Caller Gemini() {
  return {"gemini",
          "x-goog-api-key",
          "/v1beta/models/MODEL:generateContent",
          "/v1beta/models/MODEL:streamGenerateContent?alt=sse",
          kContents,
          "/candidates/0/content/parts/0/text",
          "/usageMetadata/candidatesTokenCount",
          R"("finishReason":"STOP")",
          "/error/details/0/reason"};
}

class DialectTest : public ::testing::TestWithParam<Caller> {
 protected:
  // p1 speaks OpenAI's dialect, p2 Anthropic's, p3 Gemini's.
  static void SetUpTestSuite() {
    fleet_ = std::make_unique<Fleet>(
        FleetOptions{.dialects = {"openai", "anthropic", "gemini"}});
    const absl::Status started = fleet_->Start();
    ASSERT_TRUE(started.ok()) << started << fleet_->Logs();
  }
  static void TearDownTestSuite() { fleet_.reset(); }

  static HttpAnswer Ask(const std::string& path, const std::string& model,
                        const std::string& fields) {
    const Caller& caller = GetParam();
    HttpRequest request{.method = "POST", .target = path};
    const std::size_t at = request.target.find("MODEL");
    if (at != std::string::npos) request.target.replace(at, 5, model);
    const bool is_bearer = caller.key_header == "authorization";
    request.headers = {
        {caller.key_header,
         absl::StrCat(is_bearer ? "Bearer " : "", fleet_->key())},
        {"content-type", "application/json"}};
    request.body = absl::StrCat(R"({"model":")", model, R"(",)", fields, "}");
    const auto answer = Send(fleet_->Api(), request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : HttpAnswer();
  }

  static std::unique_ptr<Fleet> fleet_;
};

std::unique_ptr<Fleet> DialectTest::fleet_;

TEST_P(DialectTest, IsAnsweredByEachProviderInItsOwnWords) {
  const Caller& caller = GetParam();
  for (const std::string model : {"only-p1", "only-p2", "only-p3"}) {
    // Gemini's clients set no limit here, and Anthropic's API wants one.
    const std::string limit =
        caller.name == "gemini"
            ? R"(,"generationConfig":{"maxOutputTokens":20})"
            : "";
    const HttpAnswer answer =
        Ask(caller.path, model, absl::StrCat(caller.fields, limit));
    EXPECT_EQ(answer.status, 200) << model << ": " << answer.body;
    EXPECT_THAT(At(answer.Json(), caller.text), Not(IsEmpty()))
        << model << ": " << answer.body;
    EXPECT_GT(std::atoi(At(answer.Json(), caller.tokens).c_str()), 0)
        << model << ": " << answer.body;
  }
}

TEST_P(DialectTest, StreamsEndAsItsClientsExpect) {
  const Caller& caller = GetParam();
  const std::string more = caller.name == "gemini"
                               ? R"(,"generationConfig":{"maxOutputTokens":20})"
                               : R"(,"stream":true)";
  for (const std::string model : {"only-p1", "only-p2", "only-p3"}) {
    const HttpAnswer answer =
        Ask(caller.stream_path, model, absl::StrCat(caller.fields, more));
    EXPECT_EQ(answer.status, 200) << model << ": " << answer.body;
    EXPECT_THAT(answer.Header("content-type"), HasSubstr("text/event-stream"));
    EXPECT_THAT(answer.body, HasSubstr(caller.stream_end)) << model;
    EXPECT_EQ(answer.ending, HttpAnswer::Ending::kWhole);
  }
}

TEST_P(DialectTest, FailoverCrossesDialects) {
  const Caller& caller = GetParam();
  const std::string limit =
      caller.name == "gemini" ? R"(,"generationConfig":{"maxOutputTokens":20})"
                              : "";
  // The model is at all three; one of them is left.
  for (int left = 0; left < 3; ++left) {
    for (int i = 0; i < 3; ++i) {
      const absl::Status told = fleet_->Control(
          i, i == left ? R"({"reset":true})" : R"({"status":{"code":500}})");
      ASSERT_TRUE(told.ok()) << told;
    }
    const HttpAnswer answer =
        Ask(caller.path, "gpt-4.1", absl::StrCat(caller.fields, limit));
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.Header("x-weir-provider"), absl::StrCat("p", left + 1));
    EXPECT_THAT(At(answer.Json(), caller.text), Not(IsEmpty())) << answer.body;
  }
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(fleet_->Control(i, R"({"reset":true})").ok());
  }
}

TEST_P(DialectTest, ItsErrorsAreItsOwn) {
  const Caller& caller = GetParam();
  const HttpAnswer answer = Ask(caller.path, "nobody", caller.fields);
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(At(answer.Json(), caller.error_code), "model_not_found")
      << answer.body;
}

INSTANTIATE_TEST_SUITE_P(Callers, DialectTest,
                         ::testing::Values(OpenAi(), Responses(), Anthropic(),
                                           Gemini()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::testing
