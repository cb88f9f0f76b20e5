#include "dataplane/relay/first_event.h"

#include <string>
#include <string_view>
#include <vector>

#include "dataplane/relay/answer_format.h"
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

void ExpectVerdicts(AnswerFormat format,
                    const std::vector<VerdictCase>& cases) {
  for (const VerdictCase& c : cases) {
    EXPECT_EQ(JudgeEvent(format, c.data), c.want) << c.data;
  }
}

std::string Delta(const std::string& fields) {
  return R"({"id":"x","choices":[{"index":0,"delta":)" + fields + "}]}";
}

TEST(JudgeEventTest, AChatsRoleIsAPreambleAndItsContentIsNot) {
  ExpectVerdicts(
      AnswerFormat::kChat,
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
      AnswerFormat::kChat,
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
      AnswerFormat::kCompletions,
      {
          {R"({"choices":[{"text":""}]})", kPreamble},
          {R"({"choices":[{"text":"a"}]})", kMeaningful},
          {R"({"choices":[{"finish_reason":"length"}]})", kMeaningful},
      });
}

TEST(JudgeEventTest, AResponseBeginsWithItsFirstOutput) {
  ExpectVerdicts(
      AnswerFormat::kResponses,
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

TEST(JudgeEventTest, AMessageBeginsWithItsFirstContent) {
  ExpectVerdicts(
      AnswerFormat::kMessages,
      {
          {R"({"type":"message_start","message":{"content":[]}})", kPreamble},
          {R"({"type":"ping"})", kPreamble},
          {R"({"type":"content_block_start","content_block":)"
           R"({"type":"text","text":""}})",
           kPreamble},
          {R"({"type":"content_block_start","content_block":)"
           R"({"type":"thinking","thinking":"","signature":""}})",
           kPreamble},
          {R"({"type":"content_block_start","content_block":)"
           R"({"type":"tool_use","id":"t","name":"f","input":{}}})",
           kMeaningful},
          {R"({"type":"content_block_start","content_block":)"
           R"({"type":"redacted_thinking","data":"x"}})",
           kMeaningful},
          {R"({"type":"content_block_delta","delta":{"text":"a"}})",
           kMeaningful},
          {R"({"type":"content_block_stop","index":0})", kPreamble},
          {R"({"type":"message_delta","delta":{"stop_reason":"end_turn"}})",
           kMeaningful},
          {R"({"type":"message_stop"})", kMeaningful},
          {R"({"type":"error","error":{"type":"overloaded_error"}})", kError},
          {R"({"type":"error"})", kError},
          {R"({"type":"of_next_year"})", kMeaningful},
          {R"({"choices":[]})", kGarbage},
          {"<html>", kGarbage},
      });
}

TEST(JudgeEventTest, GeminiBeginsWithAPartOrAnEnd) {
  ExpectVerdicts(
      AnswerFormat::kGenerate,
      {
          {R"({"candidates":[{"content":{"parts":[{"text":"a"}]}}]})",
           kMeaningful},
          {R"({"candidates":[{"content":{"parts":[{"text":""}]}}]})",
           kPreamble},
          {R"({"candidates":[{"content":{"parts":)"
           R"([{"text":"","thought":true}]}}]})",
           kPreamble},
          {R"({"candidates":[{"content":{"parts":)"
           R"([{"functionCall":{"name":"f"}}]}}]})",
           kMeaningful},
          {R"({"candidates":[{"content":{"role":"model"}}]})", kPreamble},
          {R"({"candidates":[{"finishReason":"STOP"}]})", kMeaningful},
          {R"({"promptFeedback":{"blockReason":"SAFETY"}})", kMeaningful},
          {R"({"usageMetadata":{"promptTokenCount":1}})", kPreamble},
          {R"({"error":{"code":503,"status":"UNAVAILABLE"}})", kError},
          {R"({"choices":[]})", kGarbage},
          {"{}", kGarbage},
          {"[", kGarbage},
      });
}

TEST(JudgeEventTest, AnErrorIsOneOnEveryPath) {
  for (const AnswerFormat format :
       {AnswerFormat::kChat, AnswerFormat::kCompletions,
        AnswerFormat::kResponses, AnswerFormat::kEmbeddings,
        AnswerFormat::kOpaque}) {
    ExpectVerdicts(format,
                   {
                       {R"({"error":{"message":"overloaded"}})", kError},
                       {R"({"error":"overloaded"})", kError},
                       {R"({"id":1,"error":{"code":429}})", kError},
                   });
  }
}

TEST(JudgeEventTest, WhatTheApiDoesNotSendIsGarbage) {
  for (const AnswerFormat format :
       {AnswerFormat::kChat, AnswerFormat::kCompletions,
        AnswerFormat::kResponses}) {
    for (const std::string data :
         {"<html>", "{", "null", "[]", "[1]", "7", "\"text\"", "{}", "[DONE",
          R"({"choices":{}})", R"({"choices":"x"})", "{\"choices\":[]} {}",
          "\xff"}) {
      EXPECT_EQ(JudgeEvent(format, data), kGarbage) << data;
    }
  }
  EXPECT_EQ(JudgeEvent(AnswerFormat::kChat, std::string(100'000, '[')),
            kGarbage);
}

TEST(JudgeEventTest, OtherPathsMaySendWhatTheyLike) {
  for (const std::string data : {"<html>", "{", "[1]", "7", "{}"}) {
    EXPECT_EQ(JudgeEvent(AnswerFormat::kOpaque, data), kMeaningful) << data;
  }
  EXPECT_EQ(JudgeEvent(AnswerFormat::kOpaque, ""), kPreamble);
}

}  // namespace
}  // namespace weir::dataplane
