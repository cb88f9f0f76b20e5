// Clients of one vendor's API at providers of their own and of another one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "common/concat.h"
#include "common/dialect/dialect.h"
#include "dataplane/snapshot.h"
#include "dataplane/worker_report.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/http_client.h"
#include "tests/dataplane/peers/worker_fixture.h"

namespace weir::dataplane {
namespace {

using ::testing::AllOf;
using testing::AnswerEach;
using testing::Chunk;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::HttpReply;
using testing::kDone;
using testing::kLastChunk;
using ::testing::Not;
using testing::PostRequest;
using testing::StreamHead;

constexpr std::string_view kOpenAiBody =
    R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"}])";

std::string Event(std::string_view type, std::string_view members) {
  return Concat("event: ", type, "\ndata: {\"type\":\"", type, "\"", members,
                "}\n\n");
}
const std::string kMessageStart =
    Event("message_start", R"(,"message":{"id":"msg_1","usage":)"
                           R"({"input_tokens":7,"output_tokens":1}})");
const std::string kSaysHi =
    Event("content_block_delta", R"(,"index":0,"delta":)"
                                 R"({"type":"text_delta","text":"hi"})");
const std::string kMessageEnd =
    Event("message_delta", R"(,"delta":{"stop_reason":"end_turn"},)"
                           R"("usage":{"output_tokens":3})") +
    Event("message_stop", "");

class VendorsTest : public testing::WorkerFixture {
 protected:
  ProviderIndex Add(const std::string& name, const dialect::Dialect& dialect,
                    const std::string& answer) {
    const ProviderIndex index = AddProvider(name, AnswerEach(answer));
    hand_.config().providers[index].dialect = &dialect;
    return index;
  }
  HttpReply AskOpenAi(std::string_view more = "}") {
    return Ask(PostRequest("/v1/chat/completions", Concat(kOpenAiBody, more)));
  }
  HttpReply AskAnthropic(std::string_view more = "}") {
    return Ask(PostRequest("/v1/messages", Concat(kOpenAiBody, more)));
  }
  HttpReply CountForAnthropic() {
    return Ask(PostRequest(
        "/v1/messages/count_tokens",
        R"({"model":"m","messages":[{"role":"user","content":"twelve bytes"}]})"));
  }
};

TEST_F(VendorsTest, AStreamOfAnotherVendorIsOneOfTheClients) {
  hand_.AddModel("m", {Add("p", dialect::Anthropic(),
                           StreamHead() + Chunk(kMessageStart + kSaysHi) +
                               Chunk(kMessageEnd) + std::string(kLastChunk))});
  Start();
  const HttpReply reply =
      AskOpenAi(R"(,"stream":true,"stream_options":{"include_usage":true}})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.whole);
  EXPECT_EQ(reply.Header("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_THAT(reply.body,
              AllOf(HasSubstr(R"("model":"m")"),
                    HasSubstr(R"("delta":{"content":"hi"})"),
                    HasSubstr(R"("prompt_tokens":7,"completion_tokens":3)"),
                    EndsWith(std::string(kDone))));
  const UsageCounters usage = Collect().usage.at({"m", "p"});
  EXPECT_EQ(usage.input, 7U);
  EXPECT_EQ(usage.output, 3U);
}

TEST_F(VendorsTest, WhatAnotherVendorDidNotGetIsNamed) {
  hand_.AddModel("m", {Add("p", dialect::Anthropic(),
                           StreamHead() + Chunk(kMessageStart + kSaysHi) +
                               Chunk(kMessageEnd) + std::string(kLastChunk))});
  Start();
  const HttpReply reply =
      AskOpenAi(R"(,"stream":true,"seed":7,"presence_penalty":1})");
  EXPECT_TRUE(reply.whole);
  EXPECT_EQ(reply.Header("x-weir-dropped"), "seed, presence_penalty");
  const WorkerReport report = Collect();
  EXPECT_EQ(report.dropped_fields.at("seed"), 1U);
  EXPECT_EQ(report.dropped_fields.at("presence_penalty"), 1U);
}

TEST_F(VendorsTest, AFallbackCrossesVendorsUnseen) {
  const std::string answer =
      R"({"candidates":[{"content":{"parts":[{"text":"hi"}]},)"
      R"("finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":7,)"
      R"("candidatesTokenCount":3}})";
  hand_.AddModel("m", {Add("down", dialect::OpenAi(), HttpAnswer(503, "{}")),
                       Add("lies", dialect::Anthropic(), HttpAnswer(200, "{}")),
                       Add("p", dialect::Gemini(),
                           HttpAnswer(200, answer,
                                      "content-type: application/json\r\n"
                                      "server-timing: theirs\r\n"))});
  Start();
  const HttpReply reply = AskOpenAi();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Header("x-weir-provider"), "p");
  EXPECT_EQ(reply.Header("x-weir-attempts"), "3");
  EXPECT_EQ(reply.Header("content-type"), "application/json");
  EXPECT_EQ(reply.Header("server-timing"), "");
  EXPECT_THAT(reply.body, AllOf(HasSubstr(R"("content":"hi")"),
                                HasSubstr(R"("finish_reason":"stop")"),
                                HasSubstr(R"("prompt_tokens":7)")));
}

TEST_F(VendorsTest, InOneDialectBytesAreLeftAsTheyAre) {
  const std::string stream =
      kMessageStart + ": hi\n\n" + Event("ping", "") + kSaysHi + kMessageEnd;
  hand_.AddModel("m",
                 {Add("p", dialect::Anthropic(),
                      StreamHead() + Chunk(stream.substr(0, 99)) +
                          Chunk(stream.substr(99)) + std::string(kLastChunk))});
  Start();
  const HttpReply reply = AskAnthropic(R"(,"stream":true})");
  EXPECT_EQ(reply.body, stream);
  EXPECT_TRUE(reply.whole);
  const WorkerReport report = Collect();
  EXPECT_EQ(report.streams_completed, 1U);
  EXPECT_EQ(report.usage.at({"m", "p"}).input, 7U);
  EXPECT_EQ(report.usage.at({"m", "p"}).output, 3U);
}

TEST_F(VendorsTest, AStreamThatStopsIsNeverAWholeOne) {
  const std::string answer =
      StreamHead() + Chunk(kMessageStart + kSaysHi) + std::string(kLastChunk);
  hand_.AddModel("m", {Add("p", dialect::Anthropic(), answer)});
  Start();
  const HttpReply same = AskAnthropic(R"(,"stream":true})");
  EXPECT_FALSE(same.whole);
  EXPECT_THAT(same.body, HasSubstr("event: error\ndata: {\"type\":\"error\""));
  const HttpReply other = AskOpenAi(R"(,"stream":true})");
  EXPECT_FALSE(other.whole);
  EXPECT_THAT(other.body, AllOf(HasSubstr(R"(data: {"error":{"message")"),
                                Not(HasSubstr("[DONE]"))));
}

TEST_F(VendorsTest, AnErrorKeepsItsWordsInTheClientsShape) {
  hand_.AddModel("m",
                 {Add("p", dialect::Anthropic(),
                      HttpAnswer(400, R"({"type":"error","error":{"type":)"
                                      R"("invalid_request_error","message":)"
                                      R"("max_tokens: too large"}})"))});
  Start();
  const HttpReply reply = AskOpenAi();
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr(R"({"error":{"message":)"
                                    R"("max_tokens: too large")"));
}

TEST_F(VendorsTest, AnotherVendorCountsTokensToo) {
  hand_.AddModel("m", {Add("p", dialect::Gemini(),
                           HttpAnswer(200, R"({"totalTokens":77})"))});
  Start();
  const HttpReply reply = CountForAnthropic();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"input_tokens":77})");
  EXPECT_EQ(reply.Header("x-weir-estimated"), "");
  EXPECT_EQ(reply.Header("x-weir-provider"), "p");
}

TEST_F(VendorsTest, ACountThatIsNoneIsHadElsewhere) {
  hand_.AddModel("m", {Add("lies", dialect::Gemini(), HttpAnswer(200, "{}")),
                       Add("p", dialect::Gemini(),
                           HttpAnswer(200, R"({"totalTokens":77})"))});
  Start();
  EXPECT_EQ(CountForAnthropic().body, R"({"input_tokens":77})");
}

TEST_F(VendorsTest, WhatNobodyCountsIsEstimatedAndSaysSo) {
  hand_.AddModel("m", {Add("p", dialect::OpenAi(), HttpAnswer(500, "{}"))});
  Start();
  const HttpReply reply = CountForAnthropic();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"input_tokens":7})");
  EXPECT_EQ(reply.Header("x-weir-estimated"), "input_tokens");
  EXPECT_EQ(reply.Header("x-weir-provider"), "");
  const HttpReply gemini =
      Ask(PostRequest("/v1beta/models/m:countTokens",
                      R"({"contents":[{"parts":[{"text":"twelve bytes"}]}]})"));
  EXPECT_EQ(gemini.body, R"({"totalTokens":7})");
}

TEST_F(VendorsTest, ACountThatFailsIsEstimatedWhereAnotherVendorMightAnswer) {
  // Too long to be waited for.
  const std::string later =
      "content-type: application/json\r\nretry-after: 10\r\n";
  hand_.AddModel(
      "m", {Add("down", dialect::Anthropic(), HttpAnswer(503, "{}", later)),
            Add("p", dialect::OpenAi(), HttpAnswer(500, "{}"))});
  Start();
  const HttpReply reply = CountForAnthropic();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Header("x-weir-estimated"), "input_tokens");
}

TEST_F(VendorsTest, WhatCannotBeReadIsNotEstimated) {
  hand_.AddModel("m", {Add("p", dialect::OpenAi(), HttpAnswer(500, "{}"))});
  Start();
  const HttpReply reply =
      Ask(PostRequest("/v1/messages/count_tokens", R"({"model":"m"})"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, AllOf(HasSubstr(R"({"type":"error")"),
                                HasSubstr("`messages` is missing.")));
}

}  // namespace
}  // namespace weir::dataplane
