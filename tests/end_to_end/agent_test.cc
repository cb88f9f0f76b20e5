// Promise: Claude Code finds at a node what it expects of a gateway
// (code.claude.com/docs/en/llm-gateway-protocol), whoever answers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"

namespace weir::testing {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

// Providers of OpenAI's, Anthropic's and Gemini's dialect, by their index.
constexpr int kOpenAi = 0;
constexpr int kAnthropic = 1;

class AgentTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    fleet_ = std::make_unique<Fleet>(
        FleetOptions{.providers = 3,
                     .health_check = "{kind: tcp, interval: 1s}",
                     .dialects = {"openai", "anthropic", "gemini"}});
    const absl::Status started = fleet_->Start();
    ASSERT_TRUE(started.ok()) << started << fleet_->Logs();
  }
  static void TearDownTestSuite() { fleet_.reset(); }
  void TearDown() override {
    for (int i = 0; i < 3; ++i) Tell(i, R"({"reset":true})");
  }

  static void Tell(int provider, const std::string& setting) {
    const absl::Status told = fleet_->Control(provider, setting);
    ASSERT_TRUE(told.ok()) << told;
  }

  // As Claude Code does, which shows its key in both ways at times.
  static HttpAnswer Ask(
      const std::string& method, const std::string& target,
      const std::string& body,
      const std::vector<std::pair<std::string, std::string>>& more = {}) {
    HttpRequest request{.method = method, .target = target};
    request.headers = {
        {"authorization", absl::StrCat("Bearer ", fleet_->key())},
        {"x-api-key", fleet_->key()},
        {"anthropic-version", "2023-06-01"},
        {"content-type", "application/json"}};
    request.headers.insert(request.headers.end(), more.begin(), more.end());
    request.body = body;
    const auto answer = Send(fleet_->Api(), request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : HttpAnswer();
  }
  static HttpAnswer Message(const std::string& model,
                            const std::string& more = "") {
    return Ask("POST", "/v1/messages?beta=true",
               absl::StrCat(R"({"model":")", model, R"(","max_tokens":20,)",
                            R"("messages":[{"role":"user","content":"hi"}])",
                            more, "}"));
  }

  static std::unique_ptr<Fleet> fleet_;
};

std::unique_ptr<Fleet> AgentTest::fleet_;

// Header and body are halves of a beta: one without the other is refused.
TEST_F(AgentTest, WhatTheNodeDoesNotKnowReachesAClaudeAsItWasSent) {
  const std::string rest =
      R"(,"max_tokens":20, "system":[{"type":"text","text":)"
      R"("x-anthropic-billing-header: cch=1;"},{"type":"text","text":"a",)"
      R"("cache_control":{"type":"ephemeral","ttl":"1h"}}],"of_a_beta":)"
      R"({"b":[1.0,2e3]},"messages":[{"role":"user","content":[{"text":"hi",)"
      R"("type":"text","cache_control":{"type":"ephemeral"}}]},)"
      R"({"role":"system","content":"brief"},{"role":"user","content":"b"}]})";
  const HttpAnswer answer =
      Ask("POST", "/v1/messages?beta=true",
          absl::StrCat(R"({"model":"only-p2")", rest),
          {{"anthropic-beta", "claude-code-20250219,of-tomorrow"},
           {"x-claude-code-session-id", "s-1"},
           {"x-claude-code-request-class", "auxiliary"},
           {"x-app", "cli"}});
  EXPECT_EQ(answer.status, 200) << answer.body;
  const boost::json::value stats = fleet_->Stats(kAnthropic);
  EXPECT_THAT(At(stats, "/last_request/body"), EndsWith(rest));
  EXPECT_THAT(
      At(stats, "/last_request/head"),
      AllOf(HasSubstr("POST /v1/messages?beta=true HTTP/1.1\r\n"),
            HasSubstr("anthropic-beta: claude-code-20250219,of-tomorrow\r\n"),
            HasSubstr("x-claude-code-session-id: s-1\r\n"),
            HasSubstr("x-app: cli\r\n"), Not(HasSubstr(fleet_->key()))));
}

TEST_F(AgentTest, AClaudesOwnErrorsComeAsTheyAre) {
  const std::string body =
      R"({"type":"error", "error":{"type":"invalid_request_error",)"
      R"("message":"Extra inputs are not permitted"},"request_id":"req_9"})";
  Tell(kAnthropic,
       absl::StrCat(R"({"status":{"code":400,"headers":{"x-should-retry":)",
                    R"("false","anthropic-ratelimit-unified-status":)",
                    R"("allowed"},"body":)", body, "}}"));
  const HttpAnswer answer = Message("only-p2");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(At(answer.Json(), "/error/message"),
            "Extra inputs are not permitted");
  EXPECT_EQ(At(answer.Json(), "/request_id"), "req_9");
  EXPECT_EQ(answer.Header("x-should-retry"), "false");
  EXPECT_EQ(answer.Header("anthropic-ratelimit-unified-status"), "allowed");
}

// By these words it shortens the conversation.
TEST_F(AgentTest, WhatIsTooLongElsewhereIsSaidInAClaudesWords) {
  Tell(kOpenAi, R"({"status":{"code":400,"body":{"error":{"code":)"
                R"("context_length_exceeded","message":"Too much of it."}}}})");
  const HttpAnswer answer = Message("only-p1");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(At(answer.Json(), "/error/type"), "invalid_request_error");
  EXPECT_EQ(At(answer.Json(), "/error/message"),
            "prompt is too long: Too much of it. "
            "(capability_rejected: prompt_too_long)");
}

TEST_F(AgentTest, PingsOfAClaudeArePassedOn) {
  const HttpAnswer answer = Message("only-p2", R"(,"stream":true)");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("event: ping\n"));
}

TEST_F(AgentTest, TokensAreCountedOrEstimatedAtEachProvider) {
  for (const std::string model : {"only-p1", "only-p2", "only-p3"}) {
    const HttpAnswer answer =
        Ask("POST", "/v1/messages/count_tokens?beta=true",
            absl::StrCat(R"({"model":")", model,
                         R"(","messages":[{"role":"user","content":"hi"}]})"));
    EXPECT_EQ(answer.status, 200) << model << ": " << answer.body;
    EXPECT_THAT(At(answer.Json(), "/input_tokens"), MatchesRegex("[1-9][0-9]*"))
        << model << ": " << answer.body;
    EXPECT_EQ(answer.Header("x-weir-estimated"),
              model == "only-p1" ? "input_tokens" : "");
  }
}

// It waits for three seconds and takes a redirection for a failure.
TEST_F(AgentTest, ModelsAreDiscoveredAtOnce) {
  const HttpAnswer answer = Ask("GET", "/v1/models?limit=1000", "");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(At(answer.Json(), "/data/0/type"), "model") << answer.body;
  EXPECT_EQ(At(answer.Json(), "/data/0/id"),
            At(answer.Json(), "/data/0/display_name"));
}

TEST_F(AgentTest, ItsWarmUpIsRefusedAtOnce) {
  EXPECT_EQ(Ask("HEAD", "/api/hello", "").status, 404);
}

}  // namespace
}  // namespace weir::testing
