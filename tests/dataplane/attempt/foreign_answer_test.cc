// Answers of providers that speak another dialect than the client, which is
// OpenAI's here.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>

#include "common/dialect/canonical/usage.h"
#include "common/dialect/dialect.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/failure.h"
#include "tests/dataplane/attempt/attempt_loop_fixture.h"
#include "tests/dataplane/peers/fake_upstream.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Last;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kMessage[] =
    R"({"id":"msg_1","content":[{"type":"text","text":"hi"}],)"
    R"("stop_reason":"end_turn","usage":{"input_tokens":3,)"
    R"("cache_read_input_tokens":4,"output_tokens":1}})";

testing::FakeAnswer Json(const std::string& body) {
  return {
      "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
      "content-length: " +
          std::to_string(body.size()) + "\r\n",
      {Last{body}}};
}
testing::FakeAnswer Stream(const std::string& json) {
  return {kStream, {"data: " + json + "\n\n", testing::Silence{}}};
}

class ForeignAnswerTest : public AttemptLoopTest {
 protected:
  ForeignAnswerTest() {
    request_.body =
        R"({"model":"m","messages":[{"role":"user","content":"hi"}],)"
        R"("max_tokens":9})";
    hand_.config().providers[0].dialect = &dialect::Anthropic();
    hand_.config().providers[1].dialect = &dialect::Gemini();
  }

  // What the client of a stream gets first, once the provider has begun.
  std::string BeginOfStream() {
    const AttemptsResult result =
        Run({Stream(R"({"type":"content_block_delta","delta":)"
                    R"({"type":"text_delta","text":"a"}})")});
    std::string out;
    EXPECT_TRUE(AnswerOf(result)
                    .translation
                    ->Feed("data: {\"type\":\"message_start\","
                           "\"message\":{}}\n\n",
                           out)
                    .ok());
    return out;
  }
};

TEST_F(ForeignAnswerTest, IsPutIntoTheClientsWords) {
  const AttemptsResult result = Run({Json(kMessage)});
  const Answer& answer = AnswerOf(result);
  EXPECT_THAT(answer.held(), HasSubstr(R"("object":"chat.completion")"));
  EXPECT_THAT(answer.held(), HasSubstr(R"("content":"hi")"));
  ASSERT_TRUE(answer.usage.has_value());
  EXPECT_EQ(InputOf(answer.usage->usage), 7U);
}

// It is no failure, once nobody takes longer requests.
TEST_F(ForeignAnswerTest, ARequestThatIsTooLongIsToldSoInTheClientsShape) {
  const testing::FakeAnswer too_long = {
      "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n",
      {Last{R"({"type":"error","error":{"message":)"
            R"("prompt is too long: 9 tokens"}})"}}};
  const AttemptsResult result = Run({too_long});
  EXPECT_THAT(AnswerOf(result).held(),
              StartsWith(R"({"error":{"message":"prompt is too long: 9)"));
  EXPECT_THAT(AnswerOf(result).held(),
              HasSubstr(R"("code":"context_length_exceeded")"));
}

TEST_F(ForeignAnswerTest, IsPutIntoTheWordsOfTheResponsesApi) {
  request_.endpoint = Endpoint::kResponses;
  request_.body =
      R"({"model":"m","input":"hi","max_output_tokens":9,"user":"u"})";
  const AttemptsResult result = Run({Json(kMessage)});
  const Answer& answer = AnswerOf(result);
  EXPECT_THAT(answer.held(), HasSubstr(R"("object":"response")"));
  EXPECT_THAT(answer.held(), HasSubstr(R"("text":"hi")"));
  EXPECT_THAT(answer.held(), HasSubstr(R"("cached_tokens":4)"));
  // What it repeats of the request.
  EXPECT_THAT(answer.held(), HasSubstr(R"("max_output_tokens":9)"));
  EXPECT_THAT(answer.held(), HasSubstr(R"("user":"u")"));
}

TEST_F(ForeignAnswerTest, UsageOfAStreamIsForThoseWhoAsk) {
  request_.wants_stream = true;
  request_.body = R"({"model":"m","messages":[{"role":"user","content":"hi"}],)"
                  R"("max_tokens":9,"stream_options":{"include_usage":true}})";
  EXPECT_THAT(BeginOfStream(), HasSubstr(R"("usage":null)"));
}

TEST_F(ForeignAnswerTest, UsageOfAStreamIsNotForThoseWhoDoNotAsk) {
  request_.wants_stream = true;
  request_.body = R"({"model":"m","messages":[{"role":"user","content":"hi"}],)"
                  R"("max_tokens":9,"stream_options":{"include_usage":false}})";
  EXPECT_THAT(BeginOfStream(), Not(HasSubstr("usage")));
}

TEST_F(ForeignAnswerTest, ThatIsNotItsDialectsIsHadElsewhere) {
  const AttemptsResult result =
      Run({Json(R"({"choices":[]})"), Json("<html>"), Good()});
  EXPECT_EQ(AnswerOf(result).held(), "good body");
  EXPECT_THAT(Asked(), ElementsAre("p0", "p1", "p2"));
  EXPECT_EQ(Counts(0).endpoint_failures, 1U);
  EXPECT_EQ(Counts(1).endpoint_failures, 1U);
}

TEST_F(ForeignAnswerTest, OfTheClientsOwnMistakeIsWordedAsItWas) {
  const AttemptsResult result = Run({Refusing(
      400, R"({"type":"error","error":{"type":"invalid_request_error",)"
           R"("message":"messages: roles must alternate"}})")});
  EXPECT_EQ(AnswerOf(result).held(),
            R"({"error":{"message":"messages: roles must alternate",)"
            R"("type":"invalid_request_error","param":null,)"
            R"("code":"invalid_request"}})");
}

TEST_F(ForeignAnswerTest, ThatNobodyCanGiveIsToldInTheClientsWords) {
  const std::string busy = R"([{"error":{"code":429,"message":"slow down",)"
                           R"("status":"RESOURCE_EXHAUSTED"}}])";
  hand_.config().providers[2].dialect = &dialect::Gemini();
  const AttemptsResult result =
      Run({Refusing(429, busy), Refusing(429, busy), Refusing(429, busy)});
  const NoAnswer& none = NoAnswerOf(result);
  EXPECT_EQ(none.failure->blame, Blame::kRateLimited);
  EXPECT_EQ(none.body, R"({"error":{"message":"slow down","type":"requests",)"
                       R"("param":null,"code":"rate_limit_exceeded"}})");
}

TEST_F(ForeignAnswerTest, AStreamIsTranslatedFromItsFirstContent) {
  request_.wants_stream = true;
  const AttemptsResult result =
      Run({Stream(R"({"type":"content_block_delta","delta":)"
                  R"({"type":"text_delta","text":"a"}})")});
  EXPECT_NE(AnswerOf(result).translation, nullptr);
  EXPECT_THAT(AnswerOf(result).held(), StartsWith("data: {\"type\""));
}

TEST_F(ForeignAnswerTest, AStreamThatBeginsWithOverloadIsHadElsewhere) {
  const AttemptsResult result =
      Run({Stream(R"({"type":"error","error":{"type":"overloaded_error"}})"),
           Stream(R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}})"),
           Good()});
  EXPECT_EQ(AnswerOf(result).held(), "good body");
  EXPECT_EQ(Counts(0).endpoint_failures, 1U);
  EXPECT_EQ(Counts(1).rate_limited, 1U);
}

TEST_F(ForeignAnswerTest, OfOneDialectIsLeftAsItIs) {
  request_.dialect = &dialect::Anthropic();
  request_.endpoint = Endpoint::kMessages;
  const AttemptsResult result = Run({Json(kMessage)});
  EXPECT_EQ(AnswerOf(result).held(), kMessage);
  EXPECT_FALSE(AnswerOf(result).usage.has_value());
}

}  // namespace
}  // namespace weir::dataplane
