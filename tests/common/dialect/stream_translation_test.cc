#include "common/dialect/canonical/stream_translation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/concat.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/dialect.h"

namespace weir::dialect::canonical {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

StreamTranslation Translation(const Dialect& from, const Dialect& to) {
  return {from.NewAnswerReader(),
          to.NewAnswerWriter({.id = "req_1", .model = "m"})};
}

std::string Data(const std::string& json) {
  return Concat("data: ", json, "\n\n");
}
std::string Chunk(const std::string& delta) {
  return Data(Concat(R"({"id":"c","choices":[{"index":0,"delta":)", delta,
                     R"(,"finish_reason":null}]})"));
}
std::string Arguments(int call, const std::string& json) {
  return Chunk(Concat(R"({"tool_calls":[{"index":)", call,
                      R"(,"function":{"arguments":")", json, "\"}}]}"));
}
std::string Call(int call) {
  return Chunk(Concat(R"({"tool_calls":[{"index":)", call, R"(,"id":"c)", call,
                      R"(","function":{"name":"f","arguments":""}}]})"));
}

// Feeds all of `stream`; `out` gets what came of it.
absl::Status Feed(StreamTranslation& translation, const std::string& stream,
                  std::string& out) {
  const absl::Status status = translation.Feed(stream, out);
  return status.ok() ? translation.EndOfBody(out) : status;
}

TEST(StreamTranslationTest, WhatIsNotTheDialectsIsRefused) {
  const struct {
    const Dialect& from;
    std::string stream;
  } cases[] = {
      {OpenAi(), Data("<html>")},
      {OpenAi(), Data("{}")},
      {OpenAi(), Data(R"({"choices":7})")},
      {OpenAi(), Data(R"({"choices":[7]})")},
      {OpenAi(), Chunk(R"({"tool_calls":[7]})")},
      {OpenAi(), Chunk(R"({"tool_calls":[{"index":0}]})")},
      {Anthropic(), Data("[]")},
      {Anthropic(), Data("{}")},
      {Anthropic(), Data(R"({"type":"message_start"})")},
      {Anthropic(), Data(R"({"type":"content_block_delta"})")},
      {Anthropic(), Data(R"({"type":"message_stop"})")},
      {Gemini(), Data("{}")},
      {Gemini(), Data(R"({"candidates":[7]})")},
      {Gemini(), Data(R"({"candidates":[{"content":{"parts":[7]}}]})")},
  };
  for (const auto& [from, stream] : cases) {
    for (const Dialect* to : {&OpenAi(), &Anthropic(), &Gemini()}) {
      auto translation = Translation(from, *to);
      std::string out;
      EXPECT_EQ(Feed(translation, stream, out).code(),
                absl::StatusCode::kInvalidArgument)
          << stream;
      EXPECT_FALSE(translation.ended()) << stream;
    }
  }
}

TEST(StreamTranslationTest, AStreamWithoutItsEndIsNotEnded) {
  const struct {
    const Dialect& from;
    std::string stream;
  } cases[] = {
      {OpenAi(), Chunk(R"({"content":"a"})")},
      {OpenAi(), Data(R"({"choices":[{"index":0,"delta":{},)"
                      R"("finish_reason":"stop"}]})")},
      {Anthropic(), Data(R"({"type":"message_start","message":{}})")},
      {Gemini(),
       Data(R"({"candidates":[{"content":{"parts":[{"text":"a"}]}}]})")},
      {Gemini(), "data: {\"candidates\":[{\"finishReason\":\"STOP\"}]}\n"},
  };
  for (const auto& [from, stream] : cases) {
    auto translation = Translation(from, OpenAi());
    std::string out;
    EXPECT_EQ(Feed(translation, stream, out).code(),
              absl::StatusCode::kInvalidArgument)
        << stream;
    EXPECT_THAT(out, Not(HasSubstr("[DONE]")));
  }
}

TEST(StreamTranslationTest, AnErrorInTheStreamIsTold) {
  const struct {
    const Dialect& from;
    std::string event;
    int status;
    std::string message;
  } cases[] = {
      {OpenAi(), R"({"error":{"message":"no more","type":"server_error"}})",
       502, "no more"},
      {OpenAi(), R"({"error":"no more"})", 502, "no more"},
      {Anthropic(),
       R"({"type":"error","error":{"type":"overloaded_error",)"
       R"("message":"Overloaded"}})",
       503, "Overloaded"},
      {Gemini(),
       R"({"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}})", 503,
       "busy"},
      {Gemini(), R"({"error":{}})", 502, "The provider failed."},
  };
  for (const auto& [from, event, status, message] : cases) {
    auto translation = Translation(from, OpenAi());
    std::string out;
    EXPECT_EQ(Feed(translation, Data(event) + Chunk("{}"), out),
              absl::OkStatus());
    ASSERT_TRUE(translation.failed().has_value()) << event;
    EXPECT_EQ(translation.failed()->status, status) << event;
    EXPECT_EQ(translation.failed()->message, message) << event;
    EXPECT_EQ(translation.failed_data(), event);
    EXPECT_THAT(out, IsEmpty()) << event;
    EXPECT_FALSE(translation.ended());
  }
}

TEST(StreamTranslationTest, CallsThatOverlapArePutInOrder) {
  auto translation = Translation(OpenAi(), Anthropic());
  std::string out;
  ASSERT_EQ(translation.Feed(Call(0) + Arguments(0, "{") + Call(1), out),
            absl::OkStatus());
  // Held back while the first is open; then both follow.
  ASSERT_EQ(
      translation.Feed(Arguments(1, "{}") + Chunk(R"({"content":"a"})"), out),
      absl::OkStatus());
  EXPECT_THAT(out, Not(HasSubstr("\"c1\"")));
  EXPECT_THAT(out, Not(HasSubstr("text_delta")));
  ASSERT_EQ(translation.Feed(Arguments(0, "}"), out), absl::OkStatus());
  const std::size_t second = out.find("\"c1\"");
  EXPECT_LT(out.find("content_block_stop"), second);
  EXPECT_LT(second, out.find("text_delta"));
}

TEST(StreamTranslationTest, CallsThatNeverBecomeWholeComeOutAllTheSame) {
  auto translation = Translation(OpenAi(), Anthropic());
  std::string out;
  const std::string stream = Call(0) + Call(1) + Arguments(1, "{\\\"a\\\"") +
                             Call(2) + "data: [DONE]\n\n";
  ASSERT_EQ(Feed(translation, stream, out), absl::OkStatus());
  EXPECT_TRUE(translation.ended());
  EXPECT_LT(out.find("\"c0\""), out.find("\"c1\""));
  EXPECT_LT(out.find("\"c1\""), out.find("{\\\"a\\\""));
  EXPECT_LT(out.find("{\\\"a\\\""), out.find("\"c2\""));
  EXPECT_THAT(out, EndsWith("data: {\"type\":\"message_stop\"}\n\n"));
}

TEST(StreamTranslationTest, WhatIsKeptBackIsBounded) {
  auto translation = Translation(OpenAi(), Anthropic());
  std::string out;
  absl::Status status = translation.Feed(Call(0) + Call(1), out);
  std::size_t fed = 0;
  const std::string part = Arguments(1, std::string(100'000, 'x'));
  while (status.ok() && fed < 10 * kMaxKeptBack) {
    status = translation.Feed(part, out);
    fed += part.size();
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_LT(fed, 2 * kMaxKeptBack);
}

// However small the parts that must wait for the end of a call.
TEST(StreamTranslationTest, ManyPartsThatAreKeptBackAreBounded) {
  const std::string call =
      Data(R"({"type":"message_start","message":{}})") +
      Data(R"({"type":"content_block_start","content_block":)"
           R"({"type":"tool_use","id":"t","name":"f","input":{}}})");
  const std::string empty =
      Data(R"({"type":"content_block_start","content_block":)"
           R"({"type":"redacted_thinking","data":""}})");
  const std::string by_turns =
      Data(R"({"type":"content_block_delta","delta":)"
           R"({"type":"text_delta","text":"a"}})") +
      Data(R"({"type":"content_block_delta","delta":)"
           R"({"type":"thinking_delta","thinking":"b"}})");
  const std::string named =
      Data(Concat(R"({"type":"content_block_start","content_block":)"
                  R"({"type":"tool_use","id":"t","name":")",
                  std::string(100'000, 'n'), R"(","input":{}}})"));
  for (const std::string& part : {empty, by_turns, named}) {
    auto translation = Translation(Anthropic(), Gemini());
    std::string out;
    absl::Status status = translation.Feed(call, out);
    std::size_t fed = 0;
    while (status.ok() && fed < 10 * kMaxKeptBack) {
      status = translation.Feed(part, out);
      fed += part.size();
    }
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << part;
  }
}

TEST(StreamTranslationTest, WhatFollowsTheEndIsNotKept) {
  auto translation = Translation(OpenAi(), Anthropic());
  std::string out;
  ASSERT_EQ(
      translation.Feed(Chunk(R"({"content":"a"})") + "data: [DONE]\n\n", out),
      absl::OkStatus());
  const std::string whole = out;
  const std::string part = "data: " + std::string(100'000, 'x');
  for (std::size_t fed = 0; fed < 2 * kMaxEvent; fed += part.size()) {
    ASSERT_EQ(translation.Feed(part, out), absl::OkStatus());
  }
  EXPECT_EQ(out, whole);
}

TEST(StreamTranslationTest, AnEventIsBounded) {
  auto translation = Translation(OpenAi(), Anthropic());
  std::string out;
  absl::Status status;
  std::size_t fed = 0;
  const std::string part = "data: " + std::string(100'000, 'x');
  while (status.ok() && fed < 10 * kMaxEvent) {
    status = translation.Feed(part, out);
    fed += part.size();
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_LT(fed, 2 * kMaxEvent);
}

TEST(StreamTranslationTest, AnUnknownReasonIsAnEnd) {
  auto translation = Translation(Anthropic(), OpenAi());
  std::string out;
  const std::string stream =
      Data(R"({"type":"message_start","message":{"id":"x"}})") +
      Data(R"({"type":"message_delta","delta":{"stop_reason":"tired"}})") +
      Data(R"({"type":"message_stop"})");
  ASSERT_EQ(Feed(translation, stream, out), absl::OkStatus());
  EXPECT_THAT(out, HasSubstr(R"("finish_reason":"stop",)"
                             R"("native_finish_reason":"tired")"));
}

TEST(StreamTranslationTest, UsageIsToldOnlyToWhoAsked) {
  const std::string stream =
      Chunk(R"({"content":"a"})") +
      Data(R"({"choices":[],"usage":{"prompt_tokens":5}})") +
      "data: [DONE]\n\n";
  // From one OpenAI to another: the simplest that has all parts.
  for (const bool asked : {false, true}) {
    StreamTranslation translation(
        OpenAi().NewAnswerReader(),
        OpenAi().NewAnswerWriter(
            {.id = "r", .model = "m", .stream_usage = asked}));
    std::string out;
    ASSERT_EQ(Feed(translation, stream, out), absl::OkStatus());
    EXPECT_EQ(out.find("usage") != std::string::npos, asked) << out;
    EXPECT_EQ(InputOf(translation.usage()), 5U);
  }
}

TEST(StreamTranslationTest, ServersThatNumberCallsBadlyAreUnderstood) {
  // The same index for two calls, and no index at all.
  for (const char* const index : {R"("index":0,)", ""}) {
    auto translation = Translation(OpenAi(), Gemini());
    std::string out;
    std::string stream;
    for (const char* const id : {"a", "b"}) {
      stream += Chunk(Concat(R"({"tool_calls":[{)", index, R"("id":")", id,
                             R"(","function":{"name":"f","arguments":)",
                             R"("{\"x\":1}"}}]})"));
    }
    ASSERT_EQ(Feed(translation, stream + "data: [DONE]\n\n", out),
              absl::OkStatus());
    EXPECT_THAT(out, HasSubstr(R"("functionCall":{"id":"a")"));
    EXPECT_THAT(out, HasSubstr(R"("functionCall":{"id":"b")"));
  }
}

}  // namespace
}  // namespace weir::dialect::canonical
