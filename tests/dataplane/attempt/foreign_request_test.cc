// Requests for providers that speak another dialect than the client, which is
// OpenAI's here.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "common/dialect/dialect.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/attempt_record.h"
#include "tests/dataplane/attempt/attempt_loop_fixture.h"
#include "tests/dataplane/peers/fake_upstream.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kMessages[] = R"("messages":[{"role":"user","content":"hi"}])";

class ForeignRequestTest : public AttemptLoopTest {
 protected:
  ForeignRequestTest() {
    hand_.config().providers[0].dialect = &dialect::Anthropic();
    hand_.config().providers[1].dialect = &dialect::Gemini();
    Ask(R"("max_tokens":9,"seed":1)");
  }

  void Ask(const std::string& fields) {
    body_ = R"({"model":"m",)" + fields + "," + kMessages + "}";
    request_.body = body_;
  }

  std::string body_;
};

TEST_F(ForeignRequestTest, EachProviderIsAskedInItsOwnWords) {
  Run({Status(500), Status(500), Good()});
  ASSERT_THAT(Asked(), ElementsAre("p0", "p1", "p2"));
  const std::string& anthropic = upstream_->sent[0].bytes;
  EXPECT_THAT(anthropic, HasSubstr("/messages HTTP/1.1\r\n"));
  EXPECT_THAT(anthropic, HasSubstr("anthropic-version: 2023-06-01\r\n"));
  EXPECT_THAT(anthropic, HasSubstr("content-type: application/json\r\n"));
  EXPECT_THAT(
      anthropic,
      HasSubstr(R"({"model":"upstream-m-p0","max_tokens":9,"messages":)"));
  const std::string& gemini = upstream_->sent[1].bytes;
  EXPECT_THAT(gemini,
              HasSubstr("/models/upstream-m-p1:generateContent HTTP/1.1\r\n"));
  EXPECT_THAT(gemini, HasSubstr(R"("seed":1)"));
  // The last one gets the client's bytes.
  EXPECT_THAT(upstream_->sent[2].bytes, HasSubstr("/chat/completions HTTP"));
  EXPECT_THAT(upstream_->sent[2].bytes, HasSubstr(body_.substr(12)));
}

TEST_F(ForeignRequestTest, AStreamIsAskedForInTheProvidersWay) {
  request_.wants_stream = true;
  Run({Status(500), Status(500), Good()});
  EXPECT_THAT(upstream_->sent[0].bytes, HasSubstr(R"("stream":true)"));
  EXPECT_THAT(
      upstream_->sent[1].bytes,
      HasSubstr("/models/upstream-m-p1:streamGenerateContent?alt=sse HTTP"));
}

TEST_F(ForeignRequestTest, TheAnswerTellsWhatTheProviderDidNotGet) {
  const testing::FakeAnswer message = {
      kJson, {testing::Last{R"({"content":[],"stop_reason":"end_turn"})"}}};
  const AttemptsResult foreign = Run({message});
  EXPECT_THAT(AnswerOf(foreign).dropped, ElementsAre("seed"));
  const AttemptsResult own = Run({Status(500), Status(500), Good()});
  EXPECT_THAT(AnswerOf(own).dropped, IsEmpty());
}

TEST_F(ForeignRequestTest, WhoCannotBeToldIsNotAsked) {
  // Anthropic's API wants a limit, and there is none.
  Ask(R"("seed":1)");
  const AttemptsResult result = Run({Status(500), Good()});
  EXPECT_EQ(AnswerOf(result).held(), "good body");
  EXPECT_THAT(Asked(), ElementsAre("p1", "p2"));
  EXPECT_EQ(result.attempts, 2);
  EXPECT_THAT(std::string(records_.items()[0].reason.view()),
              StartsWith("not asked: "));
  EXPECT_EQ(Counts(0).endpoint_failures, 0U);
}

TEST_F(ForeignRequestTest, ALimitMayComeFromTheConfiguration) {
  Ask(R"("seed":1)");
  hand_.config().targets[0].max_output_tokens = 77;
  Run({Status(500), Status(500), Good()});
  EXPECT_THAT(upstream_->sent[0].bytes, HasSubstr(R"("max_tokens":77)"));
}

TEST_F(ForeignRequestTest, WhatNobodyCanBeToldIsTheClientsToChange) {
  hand_.config().providers[2].dialect = &dialect::Anthropic();
  Ask(R"("max_tokens":9,"n":2)");
  const AttemptsResult result = Run({});
  const NoAnswer& none = NoAnswerOf(result);
  EXPECT_EQ(none.failure, std::nullopt);
  ASSERT_TRUE(none.untranslatable.has_value());
  EXPECT_EQ(none.untranslatable->status, 400);
  EXPECT_THAT(none.untranslatable->message, StartsWith("`n` asks for"));
  EXPECT_THAT(Asked(), IsEmpty());
}

TEST_F(ForeignRequestTest, ACountIsAskedForAtAPathOfItsOwn) {
  request_.endpoint = Endpoint::kCountTokens;
  request_.dialect = &dialect::Anthropic();
  const testing::FakeAnswer count = {kJson,
                                     {testing::Last{R"({"totalTokens":7})"}}};
  Run({Status(500), count});
  ASSERT_THAT(Asked(), ElementsAre("p0", "p1"));
  // The client's own words.
  EXPECT_THAT(upstream_->sent[0].bytes, HasSubstr(body_.substr(12)));
  EXPECT_THAT(upstream_->sent[1].bytes,
              HasSubstr("/models/upstream-m-p1:countTokens HTTP/1.1\r\n"));
  EXPECT_THAT(upstream_->sent[1].bytes,
              HasSubstr(R"({"generateContentRequest":{"model":)"
                        R"("models/upstream-m-p1","contents":)"));
}

TEST_F(ForeignRequestTest, WhatTheClientsHeadersSayIsNotOfWhatIsSent) {
  const std::string bytes =
      "POST /v1/chat/completions?x=1 HTTP/1.1\r\nhost: h\r\n"
      "authorization: Bearer canary\r\nopenai-beta: canary\r\n"
      "x-stainless-lang: canary\r\nUser-Agent: sdk/1\r\n"
      "tracestate: vendor=1\r\ncontent-length: 13\r\n\r\n";
  http1::ParseRequestHead(bytes, head_);
  Run({Status(500), Status(500), Good()});
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(upstream_->sent[i].bytes, Not(HasSubstr("canary")));
    EXPECT_THAT(upstream_->sent[i].bytes, Not(HasSubstr("x=1")));
    EXPECT_THAT(upstream_->sent[i].bytes, HasSubstr("User-Agent: sdk/1\r\n"));
    EXPECT_THAT(upstream_->sent[i].bytes, HasSubstr("tracestate: vendor=1"));
  }
}

}  // namespace
}  // namespace weir::dataplane
