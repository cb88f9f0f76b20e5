#include "cli/loadtest/chat_answer.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::loadtest {
namespace {

using dialect::Delivery;
using ::testing::HasSubstr;

constexpr char kRole[] =
    R"(data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant"}}]})"
    "\n\n";
constexpr char kWord[] =
    R"(data: {"id":"c","choices":[{"index":0,"delta":{"content":"hi"}}]})"
    "\n\n";
constexpr char kStreamUsage[] =
    R"(data: {"id":"c","choices":[],"usage":{"prompt_tokens":7,)"
    R"("completion_tokens":5}})"
    "\n\n";
constexpr char kDone[] = "data: [DONE]\n\n";

net::HttpAnswer LoadedAnswer(std::string body) {
  return {.status = 200,
          .headers = {{"x-weir-model", "m"}, {"x-weir-attempts", "1"}},
          .body = std::move(body),
          .reuse = net::Reuse::kKeepOpen};
}

// A stream that comes in pieces, one a millisecond.
Fate FateOfStream(const std::vector<std::string>& pieces) {
  ChatAnswer reading(Delivery::kStream);
  std::string body;
  int ms = 0;
  for (const std::string& piece : pieces) {
    body += piece;
    reading.OnBody(200, body, absl::Milliseconds(++ms));
  }
  return reading.End(LoadedAnswer(body), "m");
}

TEST(ChatAnswerTest, AWholeStreamSucceeds) {
  const Fate fate = FateOfStream({kRole, kWord, kWord, kStreamUsage, kDone});
  EXPECT_EQ(fate.fault, Fault::kNone) << fate.failure;
  EXPECT_EQ(fate.first_token, absl::Milliseconds(2)) << "a role is no content";
  EXPECT_EQ(InputOf(fate.usage), 7U);
  EXPECT_EQ(OutputOf(fate.usage), 5U);
  EXPECT_EQ(fate.attempts, 1);
}

TEST(ChatAnswerTest, EventsMayBeCutAnywhere) {
  const std::string all =
      std::string(kRole) + kWord + kStreamUsage + std::string(kDone);
  std::vector<std::string> pieces;
  for (const char c : all) pieces.emplace_back(1, c);
  const Fate fate = FateOfStream(pieces);
  EXPECT_EQ(fate.fault, Fault::kNone) << fate.failure;
  EXPECT_EQ(OutputOf(fate.usage), 5U);
}

TEST(ChatAnswerTest, AStreamWithoutItsEndFails) {
  const Fate fate = FateOfStream({kRole, kWord, kStreamUsage});
  EXPECT_EQ(fate.fault, Fault::kUnknown);
  EXPECT_EQ(fate.failure, "the stream has no end");
  EXPECT_EQ(OutputOf(fate.usage), 5U) << "what was counted must be paid";
}

TEST(ChatAnswerTest, AnErrorInAStreamFailsIt) {
  const Fate fate =
      FateOfStream({kWord, "data: {\"error\":{\"message\":\"too much\"}}\n\n"});
  EXPECT_EQ(fate.fault, Fault::kUnknown);
  EXPECT_EQ(fate.failure, "the stream failed: too much");
}

TEST(ChatAnswerTest, AStreamThatIsNoJsonFails) {
  EXPECT_EQ(FateOfStream({"data: {oops\n\n", kDone}).fault, Fault::kUnknown);
}

TEST(ChatAnswerTest, AWholeAnswerSucceedsWithoutAFirstToken) {
  ChatAnswer reading(Delivery::kWhole);
  const Fate fate = reading.End(
      LoadedAnswer(R"({"id":"c","choices":[{"message":{"content":"hi"},)"
                   R"("finish_reason":"stop"}],)"
                   R"("usage":{"prompt_tokens":7,"completion_tokens":5}})"),
      "m");
  EXPECT_EQ(fate.fault, Fault::kNone) << fate.failure;
  EXPECT_EQ(fate.first_token, std::nullopt);
  EXPECT_EQ(OutputOf(fate.usage), 5U);
}

TEST(ChatAnswerTest, AnotherModelsAnswerIsNoSuccess) {
  ChatAnswer reading(Delivery::kStream);
  const std::string body = std::string(kWord) + kDone;
  reading.OnBody(200, body, absl::Milliseconds(1));
  const Fate fate = reading.End(LoadedAnswer(body), "dear");
  EXPECT_EQ(fate.failure, "answered by m instead");
}

net::HttpAnswer LoadRefusal(int status, std::string source, std::string code) {
  return {.status = status,
          .headers = {{"X-Weir-Error-Source", std::move(source)},
                      {"x-weir-attempts", "2"}},
          .body = "{\"error\":{\"code\":\"" + code + "\"}}",
          .reuse = net::Reuse::kKeepOpen};
}

TEST(ChatAnswerTest, ARefusalSaysWhoseItIs) {
  Fate fate = ChatAnswer(Delivery::kStream)
                  .End(LoadRefusal(429, "provider", "slow_down"), "m");
  EXPECT_EQ(fate.fault, Fault::kProvider);
  EXPECT_EQ(fate.failure, "HTTP 429 slow_down");
  EXPECT_EQ(fate.attempts, 2);
  EXPECT_FALSE(fate.is_final);
  fate = ChatAnswer(Delivery::kStream)
             .End(LoadRefusal(503, "gateway", "overloaded"), "m");
  EXPECT_EQ(fate.fault, Fault::kGateway);
  EXPECT_FALSE(fate.is_final);
}

TEST(ChatAnswerTest, ARightThatTheKeyHasNotIsFinal) {
  EXPECT_TRUE(ChatAnswer(Delivery::kStream)
                  .End(LoadRefusal(403, "gateway", "provider_not_allowed"), "m")
                  .is_final);
  EXPECT_FALSE(ChatAnswer(Delivery::kStream)
                   .End(LoadRefusal(404, "provider", "gone"), "m")
                   .is_final);
}

TEST(ChatAnswerTest, WithoutAnAnswerNobodyKnowsWhatWasTried) {
  const Fate fate = ChatAnswer(Delivery::kStream)
                        .End(absl::UnavailableError("connection reset"), "m");
  EXPECT_EQ(fate.fault, Fault::kUnknown);
  EXPECT_THAT(fate.failure, HasSubstr("connection reset"));
  EXPECT_EQ(fate.attempts, std::nullopt);
}

}  // namespace
}  // namespace weir::loadtest
