#include "dataplane/account/answer_head.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/http1/head.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

AnswerFacts Facts() {
  return {.request_id = "req_1",
          .provider = "p",
          .model = "m",
          .attempts = 2,
          .overhead = absl::Microseconds(1234)};
}

constexpr char kFactLines[] =
    "x-request-id: req_1\r\n"
    "x-weir-provider: p\r\n"
    "x-weir-model: m\r\n"
    "x-weir-attempts: 2\r\n"
    "x-weir-overhead-ms: 1.234\r\n";

// The head that a client gets of a provider's.
std::string Answer(const std::string& provider_head,
                   const AnswerFraming& framing = Chunked{},
                   AfterAnswer after = AfterAnswer::kKeepOpen,
                   bool is_stream = false) {
  http1::ResponseHead head;
  EXPECT_EQ(
      http1::ParseResponseHead(provider_head, http1::Method::kPost, head).state,
      http1::ParseState::kComplete)
      << provider_head;
  std::string out = "what was there before";
  WriteAnswerHead(head, Facts(), framing, after, is_stream, out);
  return out;
}

std::string Own(const OwnAnswer& answer, const AnswerFacts& facts = Facts(),
                AfterAnswer after = AfterAnswer::kKeepOpen) {
  std::string out = "what was there before";
  WriteOwnHead(answer, facts, 5, after, out);
  return out;
}

TEST(AnswerHeadTest, HasTheProvidersHeadersOurFactsAndOurFraming) {
  EXPECT_EQ(Answer("HTTP/1.1 200 Fine\r\nContent-Type: application/json\r\n"
                   "content-length: 9\r\nX-Own:  a\r\n\r\n",
                   KnownLength{7}),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            "X-Own:  a\r\n" +
                std::string(kFactLines) + "content-length: 7\r\n\r\n");
}

TEST(AnswerHeadTest, FramingIsSaidOnceAndAsItIs) {
  const std::string head = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n";
  const std::string begin = "HTTP/1.1 200 OK\r\n" + std::string(kFactLines);
  EXPECT_EQ(Answer(head, Chunked{}),
            begin + "transfer-encoding: chunked\r\n\r\n");
  EXPECT_EQ(Answer(head, KnownLength{0}), begin + "content-length: 0\r\n\r\n");
  EXPECT_EQ(Answer(head, NoBody{}), begin + "\r\n");
  EXPECT_EQ(Answer(head, UntilClose{}, AfterAnswer::kClose),
            begin + "connection: close\r\n\r\n");
}

TEST(AnswerHeadTest, AStreamIsNotToBeBuffered) {
  EXPECT_THAT(Answer("HTTP/1.1 200 OK\r\n\r\n", Chunked{},
                     AfterAnswer::kKeepOpen, true),
              HasSubstr("x-accel-buffering: no\r\n"));
  EXPECT_THAT(Answer("HTTP/1.1 200 OK\r\n\r\n"),
              Not(HasSubstr("x-accel-buffering")));
}

TEST(AnswerHeadTest, TheProvidersRequestIdIsKeptBesideOurs) {
  const std::string head =
      Answer("HTTP/1.1 200 OK\r\nX-Request-Id: theirs\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("x-weir-upstream-request-id: theirs\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nx-request-id: req_1\r\n"));
}

class CanaryTest : public ::testing::TestWithParam<std::string> {};

TEST_P(CanaryTest, StaysBetweenWeirAndTheProvider) {
  const std::string head =
      Answer("HTTP/1.1 200 OK\r\nx-before: 1\r\n" + GetParam() +
             ": canary\r\nx-behind: 2\r\n\r\n");
  EXPECT_THAT(head, Not(HasSubstr("canary")));
  EXPECT_THAT(head, HasSubstr("x-before: 1\r\n"));
  EXPECT_THAT(head, HasSubstr("x-behind: 2\r\n"));
}

INSTANTIATE_TEST_SUITE_P(
    List, CanaryTest,
    ::testing::Values("Set-Cookie", "Server", "Via", "Alt-Svc",
                      "Strict-Transport-Security", "openai-organization",
                      "OpenAI-Project", "x-ratelimit-remaining-requests",
                      "Retry-After", "retry-after-ms", "Keep-Alive",
                      "Connection", "Upgrade", "Trailer", "Proxy-Authenticate",
                      "X-Forwarded-For", "x-weir-provider", "x-weir-attempts",
                      "Authorization", "x-api-key", "Cookie"));

TEST(AnswerHeadTest, WhatConnectionListsStaysHere) {
  const std::string head = Answer(
      "HTTP/1.1 200 OK\r\nConnection: x-one\r\nx-one: canary\r\n"
      "x-two: 2\r\n\r\n");
  EXPECT_THAT(head, Not(HasSubstr("canary")));
  EXPECT_THAT(head, HasSubstr("x-two: 2\r\n"));
}

TEST(AnswerHeadTest, NoLineRepeatsWhatTheProviderWasCalledWith) {
  http1::ResponseHead head;
  ASSERT_EQ(
      http1::ParseResponseHead("HTTP/1.1 400 No\r\nx-echo: Bearer sk-canary\r\n"
                               "x-request-id: sk-canary\r\nx-two: 2\r\n\r\n",
                               http1::Method::kPost, head)
          .state,
      http1::ParseState::kComplete);
  AnswerFacts facts = Facts();
  facts.secret = "sk-canary";
  std::string out;
  WriteAnswerHead(head, facts, Chunked{}, AfterAnswer::kKeepOpen, false, out);
  EXPECT_THAT(out, Not(HasSubstr("canary")));
  EXPECT_THAT(out, HasSubstr("\r\nx-two: 2\r\n"));
}

struct StatusCase {
  int status;
  std::string line;
};

TEST(OwnHeadTest, EveryStatusHasItsLine) {
  const std::vector<StatusCase> cases = {
      {200, "HTTP/1.1 200 OK\r\n"},
      {400, "HTTP/1.1 400 Bad Request\r\n"},
      {401, "HTTP/1.1 401 Unauthorized\r\n"},
      {403, "HTTP/1.1 403 Forbidden\r\n"},
      {404, "HTTP/1.1 404 Not Found\r\n"},
      {405, "HTTP/1.1 405 Method Not Allowed\r\n"},
      {408, "HTTP/1.1 408 Request Timeout\r\n"},
      {413, "HTTP/1.1 413 Content Too Large\r\n"},
      {417, "HTTP/1.1 417 Expectation Failed\r\n"},
      {429, "HTTP/1.1 429 Too Many Requests\r\n"},
      {431, "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
      {501, "HTTP/1.1 501 Not Implemented\r\n"},
      {502, "HTTP/1.1 502 Bad Gateway\r\n"},
      {503, "HTTP/1.1 503 Service Unavailable\r\n"},
      {504, "HTTP/1.1 504 Gateway Timeout\r\n"},
      {505, "HTTP/1.1 505 HTTP Version Not Supported\r\n"},
      // A provider's; the space stays where the reason is empty.
      {529, "HTTP/1.1 529 \r\n"},
  };
  for (const StatusCase& c : cases) {
    EXPECT_THAT(Own({.status = c.status}), StartsWith(c.line));
  }
}

TEST(OwnHeadTest, SaysNoMoreThanItKnows) {
  EXPECT_EQ(Own({.status = 200}, {.request_id = "req_1"}),
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
            "x-request-id: req_1\r\nx-weir-overhead-ms: 0.000\r\n"
            "content-length: 5\r\n\r\n");
}

TEST(OwnHeadTest, SaysAllThatItKnows) {
  EXPECT_EQ(Own({.status = 405,
                 .content_type = "text/plain",
                 .error_source = ErrorSource::kGateway,
                 .should_retry = false,
                 .retry_after = absl::Seconds(2),
                 .allow = "POST"},
                Facts(), AfterAnswer::kClose),
            "HTTP/1.1 405 Method Not Allowed\r\ncontent-type: text/plain\r\n" +
                std::string(kFactLines) +
                "x-weir-error-source: gateway\r\nx-should-retry: false\r\n"
                "retry-after: 2\r\nretry-after-ms: 2000\r\nallow: POST\r\n"
                "content-length: 5\r\nconnection: close\r\n\r\n");
  const std::string other = Own({.status = 500,
                                 .error_source = ErrorSource::kProvider,
                                 .should_retry = true});
  EXPECT_THAT(other, HasSubstr("x-weir-error-source: provider\r\n"));
  EXPECT_THAT(other, HasSubstr("x-should-retry: true\r\n"));
  EXPECT_THAT(other, EndsWith("content-length: 5\r\n\r\n"));
}

struct WaitCase {
  absl::Duration wait;
  std::string lines;
};

TEST(OwnHeadTest, AWaitIsRoundedUpAndStaysInsideAMinute) {
  const std::vector<WaitCase> cases = {
      {absl::Milliseconds(500), "retry-after: 1\r\nretry-after-ms: 500\r\n"},
      {absl::Microseconds(1500), "retry-after: 1\r\nretry-after-ms: 2\r\n"},
      {absl::Milliseconds(1001), "retry-after: 2\r\nretry-after-ms: 1001\r\n"},
      {absl::ZeroDuration(), "retry-after: 1\r\nretry-after-ms: 1\r\n"},
      {-absl::Seconds(3), "retry-after: 1\r\nretry-after-ms: 1\r\n"},
      {-absl::InfiniteDuration(), "retry-after: 1\r\nretry-after-ms: 1\r\n"},
      {absl::Seconds(60), "retry-after: 60\r\nretry-after-ms: 60000\r\n"},
      {absl::Hours(1), "retry-after: 60\r\nretry-after-ms: 60000\r\n"},
      {absl::InfiniteDuration(),
       "retry-after: 60\r\nretry-after-ms: 60000\r\n"},
  };
  for (const WaitCase& c : cases) {
    EXPECT_THAT(Own({.status = 503, .retry_after = c.wait}), HasSubstr(c.lines))
        << c.wait;
  }
}

TEST(OwnHeadTest, OverheadHasMicroseconds) {
  const std::vector<WaitCase> cases = {
      {absl::Microseconds(7), "0.007"},
      {absl::Microseconds(70), "0.070"},
      {absl::Microseconds(700), "0.700"},
      {absl::Microseconds(1000), "1.000"},
      {absl::Milliseconds(12345), "12345.000"},
      {absl::Nanoseconds(999), "0.000"},
      {-absl::Milliseconds(5), "0.000"},
  };
  for (const WaitCase& c : cases) {
    AnswerFacts facts = Facts();
    facts.overhead = c.wait;
    EXPECT_THAT(Own({.status = 200}, facts),
                HasSubstr("x-weir-overhead-ms: " + c.lines + "\r\n"));
  }
}

}  // namespace
}  // namespace weir::dataplane
