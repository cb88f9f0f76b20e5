#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "bench/loadgen/mix.h"
#include "bench/loadgen/request_text.h"
#include "tests/testing/status_matchers.h"

namespace weir::bench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using weir::testing::IsOkAndHolds;
using weir::testing::StatusIs;

TEST(ParseRateTest, IsAPositiveNumber) {
  EXPECT_EQ(ParseRate("0.5"), 0.5);
  EXPECT_EQ(ParseRate("2000"), 2000);
  for (const char* wrong : {"", "0", "-1", "1x", "inf", "nan"}) {
    EXPECT_EQ(ParseRate(wrong), std::nullopt) << wrong;
  }
}

TEST(SseShareTest, IsAShareOfTheSum) {
  EXPECT_THAT(SseShare("json=0.75,sse=0.25"), IsOkAndHolds(0.25));
  EXPECT_THAT(SseShare("sse=3,json=1"), IsOkAndHolds(0.75));
  EXPECT_THAT(SseShare("sse=1"), IsOkAndHolds(1.0));
  EXPECT_THAT(SseShare("json=1"), IsOkAndHolds(0.0));
}

TEST(SseShareTest, NamesTheWrongPart) {
  for (const char* wrong : {"", "0.5", "xml=0.5", "json=x", "json=0"}) {
    EXPECT_THAT(SseShare(wrong), StatusIs(absl::StatusCode::kInvalidArgument,
                                          HasSubstr("--mix")))
        << wrong;
  }
}

TEST(ParseTargetTest, ThePathIsChatCompletionsUnlessGiven) {
  EXPECT_EQ(ParseTarget("http://localhost:1")->path, "/v1/chat/completions");
  EXPECT_EQ(ParseTarget("http://localhost:1/")->path, "/v1/chat/completions");
  EXPECT_EQ(ParseTarget("http://localhost:1/v1/x")->path, "/v1/x");
  EXPECT_EQ(ParseTarget("http://localhost:1/x")->host_header, "localhost:1");
}

TEST(ParseTargetTest, OtherUrlsAreRefused) {
  for (const char* wrong :
       {"https://localhost:1", "localhost:1", "http://", "http://localhost"}) {
    EXPECT_THAT(ParseTarget(wrong),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << wrong;
  }
}

class RequestTextTest : public ::testing::Test {
 protected:
  // Head and body.
  std::pair<std::string, std::string> Request(Kind kind) {
    const std::string text = RequestText(target_, shape_, kind);
    const std::size_t end = text.find("\r\n\r\n") + 4;
    return {text.substr(0, end), text.substr(end)};
  }

  const Target target_ = *ParseTarget("http://localhost:7/v1/x");
  RequestShape shape_;
};

TEST_F(RequestTextTest, HasTheSizeThatWasAskedFor) {
  shape_.body_bytes = 1000;
  for (const Kind kind : {Kind::kJson, Kind::kSse}) {
    const auto [head, body] = Request(kind);
    EXPECT_EQ(body.size(), 1000U);
    EXPECT_THAT(head, AllOf(StartsWith("POST /v1/x HTTP/1.1\r\n"),
                            HasSubstr("Host: localhost:7\r\n"),
                            HasSubstr("Content-Length: 1000\r\n")));
  }
}

TEST_F(RequestTextTest, AsksForWhatItIsTold) {
  shape_ = {.key = "k", .model = "m\"", .body_bytes = 0, .max_tokens = 3};
  const auto [head, body] = Request(Kind::kSse);
  EXPECT_THAT(head, HasSubstr("Authorization: Bearer k\r\n"));
  EXPECT_THAT(body, AllOf(StartsWith(R"({"model":"m\"",)"),
                          HasSubstr(R"("max_tokens":3)"),
                          HasSubstr(R"("include_usage":true)"), EndsWith("}")));
  EXPECT_THAT(Request(Kind::kJson).second, Not(HasSubstr("stream")));
}

TEST_F(RequestTextTest, WithoutAKeyNoneIsSent) {
  EXPECT_THAT(Request(Kind::kJson).first, Not(HasSubstr("Authorization")));
}

TEST_F(RequestTextTest, RequestsTakeTurnsAmongKeysAndModels) {
  shape_ = {.key = "k", .model = "m", .keys = 3, .models = 2};
  const auto texts = RequestTexts(target_, shape_, Kind::kJson);
  ASSERT_EQ(texts.size(), 3U);
  EXPECT_THAT(texts[0], AllOf(HasSubstr("Bearer k-0\r\n"),
                              HasSubstr(R"("model":"m-0")")));
  EXPECT_THAT(texts[1], AllOf(HasSubstr("Bearer k-1\r\n"),
                              HasSubstr(R"("model":"m-1")")));
  EXPECT_THAT(texts[2], AllOf(HasSubstr("Bearer k-2\r\n"),
                              HasSubstr(R"("model":"m-0")")));
}

TEST_F(RequestTextTest, OneKeyAndOneModelKeepTheirNames) {
  shape_ = {.key = "k", .model = "m"};
  EXPECT_THAT(RequestTexts(target_, shape_, Kind::kJson),
              ElementsAre(RequestText(target_, shape_, Kind::kJson)));
}

TEST_F(RequestTextTest, AnthropicsApiHasItsOwnPathAndNeedsALimit) {
  shape_ = {.api = Api::kAnthropic, .model = "m", .body_bytes = 500};
  const auto [head, body] = Request(Kind::kSse);
  EXPECT_THAT(head, AllOf(StartsWith("POST /v1/messages HTTP/1.1\r\n"),
                          HasSubstr("anthropic-version: 2023-06-01\r\n")));
  EXPECT_EQ(body.size(), 500U);
  EXPECT_THAT(body, EndsWith(R"("}],"max_tokens":1000,"stream":true})"));
  EXPECT_THAT(Request(Kind::kJson).second, Not(HasSubstr("stream")));
}

TEST_F(RequestTextTest, GeminisApiHasTheModelInItsPath) {
  shape_ = {.api = Api::kGemini, .model = "m", .max_tokens = 3};
  EXPECT_THAT(Request(Kind::kJson).first,
              StartsWith("POST /v1beta/models/m:generateContent HTTP/1.1\r\n"));
  EXPECT_THAT(
      Request(Kind::kSse).first,
      StartsWith("POST /v1beta/models/m:streamGenerateContent?alt=sse HTTP"));
  EXPECT_THAT(Request(Kind::kJson).second,
              EndsWith(R"("}]}],"generationConfig":{"maxOutputTokens":3}})"));
}

}  // namespace
}  // namespace weir::bench
