// The Responses API towards its clients, beyond what golden/ shows.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "common/concat.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/dialect.h"
#include "common/dialect/responses/responses_writer.h"

namespace weir::dialect {
namespace {

namespace dom = simdjson::dom;

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

enum class Seals { kAsked, kNotAsked };

ResponsesWriter Writer(Seals seals = Seals::kAsked) {
  return ResponsesWriter({.id = "req_1",
                          .model = "m",
                          .wants_sealed_thoughts = seals == Seals::kAsked});
}

std::string Write(ResponsesWriter& writer,
                  const canonical::AnswerEvents& events) {
  std::string out;
  for (const canonical::AnswerEvent& event : events) {
    EXPECT_EQ(writer.WriteEvent(event, out), absl::OkStatus());
  }
  return out;
}

// `event:` of each event; its data must say the same, and be numbered in order.
std::vector<std::string> TypesIn(std::string_view stream) {
  std::vector<std::string> types;
  dom::parser parser;
  while (!stream.empty()) {
    const std::size_t end = stream.find("\n\n");
    const std::string_view event = stream.substr(0, end);
    stream.remove_prefix(end + 2);
    const std::size_t line = event.find('\n');
    types.emplace_back(event.substr(7, line - 7));
    const dom::element data = parser.parse(std::string(event.substr(line + 7)));
    EXPECT_EQ(std::string_view(data["type"]), types.back());
    EXPECT_EQ(std::uint64_t(data["sequence_number"]), types.size() - 1);
  }
  return types;
}

TEST(ResponsesTest, AStreamHasItsEventsInOrder) {
  ResponsesWriter writer = Writer();
  const std::string out = Write(
      writer,
      {canonical::Started{"msg_7"}, canonical::ThinkingDelta{"hm"},
       canonical::TextDelta{"a"}, canonical::RefusalDelta{"no"},
       canonical::ToolCallBegun{0, "c", "f"}, canonical::ToolArguments{0, "{}"},
       canonical::ToolCallEnded{0}, canonical::Ended{}});
  EXPECT_THAT(
      TypesIn(out),
      ElementsAre("response.created", "response.in_progress",
                  "response.output_item.added",
                  "response.reasoning_summary_part.added",
                  "response.reasoning_summary_text.delta",
                  "response.reasoning_summary_text.done",
                  "response.reasoning_summary_part.done",
                  "response.output_item.done", "response.output_item.added",
                  "response.content_part.added", "response.output_text.delta",
                  "response.output_text.done", "response.content_part.done",
                  "response.content_part.added", "response.refusal.delta",
                  "response.refusal.done", "response.content_part.done",
                  "response.output_item.done", "response.output_item.added",
                  "response.function_call_arguments.delta",
                  "response.function_call_arguments.done",
                  "response.output_item.done", "response.completed"));
  EXPECT_THAT(out, HasSubstr(R"("id":"resp_msg_7")"));
  EXPECT_THAT(out, HasSubstr(R"("id":"msg_msg_7_1")"));
}

TEST(ResponsesTest, WhatWasCutOffIsIncomplete) {
  const struct {
    canonical::FinishReason reason;
    std::string want;
  } cases[] = {
      {canonical::FinishReason::kLength, "max_output_tokens"},
      {canonical::FinishReason::kFiltered, "content_filter"},
  };
  for (const auto& [reason, want] : cases) {
    ResponsesWriter writer = Writer();
    const std::string out =
        Write(writer, {canonical::Started{}, canonical::TextDelta{"a"},
                       canonical::Finished{reason, {}}, canonical::Ended{}});
    EXPECT_THAT(TypesIn(out).back(), "response.incomplete");
    EXPECT_THAT(out, HasSubstr(Concat(R"("incomplete_details":{"reason":")",
                                      want, "\"}")));
    EXPECT_THAT(out, HasSubstr(R"("type":"message","status":"incomplete")"));
  }
}

TEST(ResponsesTest, ARefusalInWordsIsWhole) {
  ResponsesWriter writer = Writer();
  const std::string out = Write(
      writer, {canonical::Started{}, canonical::RefusalDelta{"no"},
               canonical::Finished{canonical::FinishReason::kFiltered, {}},
               canonical::Ended{}});
  EXPECT_EQ(TypesIn(out).back(), "response.completed");
}

TEST(ResponsesTest, AnErrorIsToldToSdksAndToCodex) {
  ResponsesWriter writer = Writer();
  std::string out =
      Write(writer, {canonical::Started{}, canonical::TextDelta{"a"}});
  writer.WriteError({429, "rate_limit_exceeded", "slow down"}, out);
  const auto types = TypesIn(out);
  EXPECT_EQ(types[types.size() - 2], "error");
  EXPECT_EQ(types.back(), "response.failed");
  // As the reference has it, and as the SDKs look for it.
  EXPECT_THAT(out, HasSubstr(R"("code":"rate_limit_exceeded",)"
                             R"("message":"slow down","param":null,"error":{)"
                             R"("message":"slow down","type":"requests")"));
  EXPECT_THAT(out, HasSubstr(R"("status":"failed","background":false,"error":)"
                             R"({"code":"rate_limit_exceeded",)"
                             R"("message":"slow down"})"));
  EXPECT_THAT(out, HasSubstr(R"("text":"a")"));
}

TEST(ResponsesTest, AnErrorMayBeAllThatIsTold) {
  ResponsesWriter writer = Writer();
  std::string out;
  writer.WriteError({502, "provider_failed", "no"}, out);
  EXPECT_THAT(TypesIn(out),
              ElementsAre("response.created", "response.in_progress", "error",
                          "response.failed"));
  EXPECT_THAT(out, HasSubstr(R"("id":"resp_req_1")"));
  EXPECT_THAT(out, HasSubstr(R"("code":"server_error")"));
}

TEST(ResponsesTest, AnErrorInAStreamOfOthersIsAnEvent) {
  const std::string out = OpenAiResponses().ErrorEvent({502, "c", "a\n\nb"});
  EXPECT_THAT(out, StartsWith("event: error\ndata: {\"type\":\"error\""));
  EXPECT_THAT(out, HasSubstr(R"("error":{"message":"a\n\nb")"));
  EXPECT_THAT(TypesIn(out), ElementsAre("error"));
}

TEST(ResponsesTest, SealsGoToThoseWhoAskForThem) {
  const canonical::AnswerEvents events = {
      canonical::Started{},
      canonical::ThinkingDelta{"hm"},
      canonical::ThinkingSignature{"sig"},
      canonical::RedactedThinking{"xxx"},
      canonical::ToolCallBegun{0, "c", "f", "google"},
      canonical::ToolCallEnded{0},
      canonical::Ended{}};
  ResponsesWriter asked = Writer();
  const std::string sealed = Write(asked, events);
  EXPECT_THAT(sealed, HasSubstr(R"("encrypted_content":"weir.thought.sig")"));
  EXPECT_THAT(sealed, HasSubstr(R"("encrypted_content":"weir.hidden.xxx")"));
  EXPECT_THAT(sealed, HasSubstr(R"("encrypted_content":"weir.call.google")"));
  ResponsesWriter not_asked = Writer(Seals::kNotAsked);
  const std::string open = Write(not_asked, events);
  EXPECT_THAT(open, Not(HasSubstr("encrypted_content")));
  EXPECT_THAT(open, HasSubstr(R"("output_index":1)"));
  EXPECT_THAT(open, Not(HasSubstr(R"("output_index":2)")));
}

TEST(ResponsesTest, WhatIsRepeatedIsBounded) {
  ResponsesWriter writer = Writer();
  std::string out = Write(writer, {canonical::Started{}});
  const std::string text(100'000, 'x');
  absl::Status status;
  std::size_t fed = 0;
  while (status.ok() && fed < 10 * kMaxRepeatedAnswer) {
    out.clear();
    status = writer.WriteEvent(canonical::TextDelta{text}, out);
    fed += text.size();
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_LT(fed, kMaxRepeatedAnswer + 3 * text.size());
}

TEST(ResponsesTest, CallsAreBoundedToo) {
  ResponsesWriter writer = Writer();
  std::string out = Write(writer, {canonical::Started{}});
  absl::Status status;
  std::uint32_t calls = 0;
  while (status.ok() && calls < kMaxRepeatedAnswer) {
    out.clear();
    status = writer.WriteEvent(canonical::ToolCallBegun{calls, "", "f"}, out);
    if (!status.ok()) break;
    status = writer.WriteEvent(canonical::ToolCallEnded{calls++}, out);
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
}

TEST(ResponsesTest, AWholeAnswerMayBeLarger) {
  ResponsesWriter writer = Writer();
  const std::string text(kMaxRepeatedAnswer + 1, 'x');
  const canonical::AnswerEvents events = {
      canonical::Started{}, canonical::TextDelta{text}, canonical::Ended{}};
  std::string out;
  ASSERT_EQ(writer.WriteWhole(events, out), absl::OkStatus());
  EXPECT_THAT(out, StartsWith(R"({"id":"resp_req_1")"));
  EXPECT_THAT(out, EndsWith("}"));
  EXPECT_GT(out.size(), text.size());
}

TEST(ResponsesTest, AnAnswerRepeatsItsRequest) {
  const auto read = OpenAiResponses().ReadRequest(
      R"({"input":"hi","instructions":"Be brief.","temperature":0.5,)"
      R"("metadata":{"a":"b"},"user":null,"tools":[]})",
      Delivery::kWhole);
  const auto* request = std::get_if<canonical::Request>(&read);
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->repeated,
            R"("instructions":"Be brief.","max_output_tokens":null,)"
            R"("metadata":{"a":"b"},"parallel_tool_calls":true,)"
            R"("reasoning":{"effort":null,"summary":null},"temperature":0.5,)"
            R"("text":{"format":{"type":"text"}},"tool_choice":"auto",)"
            R"("tools":[],"top_logprobs":0,"top_p":1)");
}

}  // namespace
}  // namespace weir::dialect
