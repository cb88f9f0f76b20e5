#include "dataplane/relay/first_event.h"

#include <string>
#include <string_view>
#include <vector>

#include "dataplane/request.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

constexpr EventVerdict kPreamble = EventVerdict::kPreamble;
constexpr EventVerdict kMeaningful = EventVerdict::kMeaningful;
constexpr EventVerdict kError = EventVerdict::kError;
constexpr EventVerdict kGarbage = EventVerdict::kGarbage;

struct VerdictCase {
  std::string data;
  EventVerdict want;
};

void ExpectVerdicts(Endpoint endpoint, const std::vector<VerdictCase>& cases) {
  for (const VerdictCase& c : cases) {
    EXPECT_EQ(JudgeEvent(endpoint, c.data), c.want) << c.data;
  }
}

std::string Delta(const std::string& fields) {
  return R"({"id":"x","choices":[{"index":0,"delta":)" + fields + "}]}";
}

TEST(JudgeEventTest, AChatsRoleIsAPreambleAndItsContentIsNot) {
  ExpectVerdicts(
      Endpoint::kChatCompletions,
      {
          {Delta("{}"), kPreamble},
          {Delta(R"({"role":"assistant"})"), kPreamble},
          {Delta(R"({"role":"assistant","content":""})"), kPreamble},
          {Delta(R"({"role":"assistant","content":null})"), kPreamble},
          {Delta(R"({"role":"assistant","tool_calls":[],"x":{}})"), kPreamble},
          {Delta(R"({"role":"assistant","content":"a"})"), kMeaningful},
          {Delta(R"({"content":" "})"), kMeaningful},
          {Delta(R"({"tool_calls":[{"index":0}]})"), kMeaningful},
          {Delta(R"({"reasoning_content":"hm"})"), kMeaningful},
          {Delta(R"({"refusal":"no"})"), kMeaningful},
          {Delta(R"({"function_call":{"name":"f"}})"), kMeaningful},
          {Delta("null"), kPreamble},
      });
}

TEST(JudgeEventTest, OtherPartsOfAChatsChunk) {
  ExpectVerdicts(
      Endpoint::kChatCompletions,
      {
          {R"({"choices":[]})", kPreamble},
          {R"({"choices":[],"usage":{"total_tokens":1}})", kPreamble},
          {R"({"choices":[{}]})", kPreamble},
          {R"({"choices":[{"delta":{},"finish_reason":null}]})", kPreamble},
          {R"({"choices":[{"delta":{},"finish_reason":"stop"}]})", kMeaningful},
          {R"({"choices":[{"delta":{"role":"a"}},{"delta":{"content":"b"}}]})",
           kMeaningful},
          {R"({"error":null,"choices":[{"delta":{"content":"b"}}]})",
           kMeaningful},
          {"", kPreamble},
          {"[DONE]", kMeaningful},
      });
}

TEST(JudgeEventTest, ACompletionsTextIsItsContent) {
  ExpectVerdicts(
      Endpoint::kCompletions,
      {
          {R"({"choices":[{"text":""}]})", kPreamble},
          {R"({"choices":[{"text":"a"}]})", kMeaningful},
          {R"({"choices":[{"finish_reason":"length"}]})", kMeaningful},
      });
}

TEST(JudgeEventTest, AResponseBeginsWithItsFirstOutput) {
  ExpectVerdicts(
      Endpoint::kResponses,
      {
          {R"({"type":"response.created","response":{"error":null}})",
           kPreamble},
          {R"({"type":"response.queued"})", kPreamble},
          {R"({"type":"response.in_progress"})", kPreamble},
          {R"({"type":"response.output_item.added"})", kMeaningful},
          {R"({"type":"response.output_text.delta"})", kMeaningful},
          {R"({"type":"response.completed"})", kMeaningful},
          {R"({"type":"response.failed"})", kError},
          {R"({"type":"error","message":"x"})", kError},
          {R"({"type":7})", kGarbage},
          {R"({"choices":[]})", kGarbage},
      });
}

TEST(JudgeEventTest, AnErrorIsOneOnEveryPath) {
  for (const Endpoint endpoint :
       {Endpoint::kChatCompletions, Endpoint::kCompletions,
        Endpoint::kResponses, Endpoint::kEmbeddings, Endpoint::kPassThrough}) {
    ExpectVerdicts(endpoint,
                   {
                       {R"({"error":{"message":"overloaded"}})", kError},
                       {R"({"error":"overloaded"})", kError},
                       {R"({"id":1,"error":{"code":429}})", kError},
                   });
  }
}

TEST(JudgeEventTest, WhatTheApiDoesNotSendIsGarbage) {
  for (const Endpoint endpoint :
       {Endpoint::kChatCompletions, Endpoint::kCompletions,
        Endpoint::kResponses}) {
    for (const std::string data :
         {"<html>", "{", "null", "[]", "[1]", "7", "\"text\"", "{}", "[DONE",
          R"({"choices":{}})", R"({"choices":"x"})", "{\"choices\":[]} {}",
          "\xff"}) {
      EXPECT_EQ(JudgeEvent(endpoint, data), kGarbage) << data;
    }
  }
  EXPECT_EQ(JudgeEvent(Endpoint::kChatCompletions, std::string(100'000, '[')),
            kGarbage);
}

TEST(JudgeEventTest, OtherPathsMaySendWhatTheyLike) {
  for (const std::string data : {"<html>", "{", "[1]", "7", "{}"}) {
    EXPECT_EQ(JudgeEvent(Endpoint::kPassThrough, data), kMeaningful) << data;
  }
  EXPECT_EQ(JudgeEvent(Endpoint::kPassThrough, ""), kPreamble);
}

}  // namespace
}  // namespace weir::dataplane
