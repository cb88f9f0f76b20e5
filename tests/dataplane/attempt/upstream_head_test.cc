#include "dataplane/attempt/upstream_head.h"

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "common/dialect/dialect.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/small_routing.h"

namespace weir::dataplane {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class UpstreamHeadTest : public ::testing::Test {
 protected:
  UpstreamHeadTest() { routing_.AddModel("m", {{"p"}}); }

  ProviderEntry& provider() { return routing_.config->providers[0]; }
  TargetEntry& target() { return routing_.config->targets[0]; }

  std::string Head(std::string_view line, std::string_view lines,
                   std::size_t body_bytes = 0) {
    const testing::SentRequest sent(routing_, line, lines, "");
    std::string out = "what was there before";
    WriteUpstreamHead(sent.request, "/chat", provider(), &target(),
                      {provider().credentials[0].headers, body_bytes}, out);
    return out;
  }

  std::string Spliced(const std::string& body, std::size_t begin,
                      std::size_t end) {
    testing::SentRequest sent(routing_, "POST /", "", body);
    sent.request.model_span = ModelSpan{begin, end};
    const UpstreamBody result = SpliceBody(sent.request, &target());
    const std::string bytes = Bytes(result);
    EXPECT_EQ(bytes.size(), result.size);
    return bytes;
  }

  static std::string Bytes(const UpstreamBody& body) {
    std::string bytes;
    for (const boost::asio::const_buffer& piece : body.pieces) {
      bytes.append(static_cast<const char*>(piece.data()), piece.size());
    }
    return bytes;
  }

  testing::SmallRouting routing_;
};

TEST_F(UpstreamHeadTest, IsOursWithWhatIsTheClients) {
  EXPECT_EQ(Head("POST /v1/chat?x=%2f&y",
                 "Content-Type: application/json\r\n"
                 "User-Agent:  sdk/1\r\n"
                 "Authorization: Bearer client\r\n"
                 "Content-Length: 9\r\n",
                 7),
            "POST /base/chat?x=%2f&y HTTP/1.1\r\n"
            "host: p.example\r\n"
            "key: p\r\n"
            "content-length: 7\r\n"
            "Content-Type: application/json\r\n"
            "User-Agent:  sdk/1\r\n"
            "accept-encoding: identity\r\n"
            "x-request-id: req_1\r\n"
            "\r\n");
}

TEST_F(UpstreamHeadTest, MethodsWithoutABodyHaveNoLength) {
  for (const std::string method : {"GET", "HEAD", "DELETE", "OPTIONS"}) {
    const std::string head = Head(method + " /v1/x", "");
    EXPECT_EQ(head,
              method +
                  " /base/chat HTTP/1.1\r\nhost: p.example\r\nkey: p\r\n"
                  "accept-encoding: identity\r\nx-request-id: req_1\r\n\r\n");
  }
  for (const std::string method : {"POST", "PUT", "PATCH"}) {
    EXPECT_THAT(Head(method + " /v1/x", ""),
                HasSubstr("content-length: 0\r\n"));
  }
}

TEST_F(UpstreamHeadTest, AProvidersPathPortAndCredentialsAreItsOwn) {
  provider().dial.url = {net::Scheme::kHttp, "::1", 8081, ""};
  provider().host_header = provider().dial.url.HostHeader();
  provider().credentials[0].headers = "authorization: Bearer a\r\nx-b: c\r\n";
  EXPECT_EQ(Head("GET /v1/x", ""),
            "GET /chat HTTP/1.1\r\nhost: [::1]:8081\r\n"
            "authorization: Bearer a\r\nx-b: c\r\n"
            "accept-encoding: identity\r\nx-request-id: req_1\r\n\r\n");
}

TEST_F(UpstreamHeadTest, RequestsAreNotSentChunked) {
  const std::string head =
      Head("POST /v1/x", "Transfer-Encoding: chunked\r\n", 5);
  EXPECT_THAT(head, HasSubstr("content-length: 5\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("ransfer-")));
}

TEST_F(UpstreamHeadTest, AKeyInTheQueryStaysHere) {
  for (const std::string query : {"key=canary", "key=canary&key=canary"}) {
    EXPECT_THAT(Head("GET /v1/x?" + query, ""), StartsWith("GET /base/chat H"));
  }
  EXPECT_THAT(Head("GET /v1/x?alt=sse&key=canary", ""),
              StartsWith("GET /base/chat?alt=sse H"));
}

TEST_F(UpstreamHeadTest, AModelInThePathIsReplacedToo) {
  const std::string line = "POST /v1beta/models/m:8b:generateContent";
  testing::SentRequest sent(routing_, line, "", "{}");
  const std::string_view path = sent.request.head->path.substr(7);
  sent.request.model_in_path = path.substr(8, 4);
  const auto first_line = [&](const TargetEntry* target) {
    std::string out;
    WriteUpstreamHead(sent.request, path, provider(), target, {"", 2}, out);
    return out.substr(0, out.find('\r'));
  };
  EXPECT_EQ(first_line(&target()),
            "POST /base/models/up-m:generateContent HTTP/1.1");
  target().upstream_model = "tunedModels/t 1";
  EXPECT_EQ(first_line(&target()),
            "POST /base/tunedModels/t%201:generateContent HTTP/1.1");
  // The client chose the provider, and its model.
  EXPECT_EQ(first_line(nullptr),
            "POST /base/models/m:8b:generateContent HTTP/1.1");
}

TEST_F(UpstreamHeadTest, AVersionIsTheClientsOrOurs) {
  provider().dialect = &dialect::Anthropic();
  EXPECT_THAT(Head("POST /v1/messages", ""),
              HasSubstr("key: p\r\nanthropic-version: 2023-06-01\r\n"));
  const std::string head =
      Head("POST /v1/messages?beta=true",
           "anthropic-version: 2099-01-01\r\nanthropic-beta: a,b\r\n"
           "anthropic-new-one: c\r\nx-claude-code-session-id: s\r\n");
  EXPECT_THAT(head, StartsWith("POST /base/chat?beta=true H"));
  EXPECT_THAT(head, HasSubstr("anthropic-version: 2099-01-01\r\n"
                              "anthropic-beta: a,b\r\n"
                              "anthropic-new-one: c\r\n"
                              "x-claude-code-session-id: s\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("2023-06-01")));
}

class CanaryTest : public UpstreamHeadTest,
                   public ::testing::WithParamInterface<std::string> {};

TEST_P(CanaryTest, StaysHere) {
  const std::string head =
      Head("POST /v1/x",
           "x-before: 1\r\n" + GetParam() + ": canary\r\nx-behind: 2\r\n", 5);
  EXPECT_THAT(head, Not(HasSubstr("canary")));
  EXPECT_THAT(head, HasSubstr("x-before: 1\r\n"));
  EXPECT_THAT(head, HasSubstr("x-behind: 2\r\n"));
}

INSTANTIATE_TEST_SUITE_P(
    Credentials, CanaryTest,
    ::testing::Values("Authorization", "AUTHORIZATION", "Proxy-Authorization",
                      "x-api-key", "X-API-Key", "Cookie", "cookie", "api-key",
                      "Api-Key", "x-goog-api-key", "X-Goog-Api-Key",
                      "openai-organization", "OpenAI-Project"));
INSTANTIATE_TEST_SUITE_P(OneHop, CanaryTest,
                         ::testing::Values("Keep-Alive", "TE", "Trailer",
                                           "Upgrade", "HTTP2-Settings",
                                           "Proxy-Connection", "Connection"));
INSTANTIATE_TEST_SUITE_P(Weirs, CanaryTest,
                         ::testing::Values("x-weir-provider", "X-Weir-Class",
                                           "x-weir-whatever", "x-request-id",
                                           "accept-encoding"));
INSTANTIATE_TEST_SUITE_P(
    Forwarding, CanaryTest,
    ::testing::Values("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host",
                      "X-Forwarded-Proto", "X-Real-IP", "X-Gateway-User"));

TEST_F(UpstreamHeadTest, WhatConnectionListsStaysHere) {
  const std::string head = Head("POST /v1/x",
                                "Connection: x-One , close\r\n"
                                "X-ONE: canary\r\nx-two: 2\r\n"
                                "x-three: canary\r\nConnection: x-three\r\n"
                                "x-one: canary\r\n",
                                1);
  EXPECT_THAT(head, Not(HasSubstr("canary")));
  EXPECT_THAT(head, Not(HasSubstr("onnection")));
  EXPECT_THAT(head, HasSubstr("x-two: 2\r\n"));
}

TEST_F(UpstreamHeadTest, AnExpectationWasMetByUs) {
  EXPECT_THAT(Head("POST /v1/x", "Expect: 100-continue\r\n"),
              Not(HasSubstr("xpect")));
}

TEST_F(UpstreamHeadTest, AModelIsSplicedWhereverItStands) {
  EXPECT_EQ(Spliced(R"({"model":"m","x":1})", 9, 12),
            R"({"model":"up-m","x":1})");
  EXPECT_EQ(Spliced(R"({"x":1,"model":  "m"})", 17, 20),
            R"({"x":1,"model":  "up-m"})");
  target().upstream_model_json = R"("a\"b")";
  EXPECT_EQ(Spliced(R"({"model":"long-name"})", 9, 20), R"({"model":"a\"b"})");
  target().upstream_model_json = R"("")";
  EXPECT_EQ(Spliced(R"({"model":"long-name"})", 9, 20), R"({"model":""})");
  // Not told by any JSON, but the edges hold.
  EXPECT_EQ(Spliced(R"("m")", 0, 3), R"("")");
}

TEST_F(UpstreamHeadTest, UsageIsAskedForBehindTheModel) {
  testing::SentRequest sent(routing_, "POST /", "", R"({"model":"m"})");
  sent.request.model_span = ModelSpan{9, 12};
  sent.request.asks_for_usage = true;
  target().upstream_model_json = R"("u")";
  const UpstreamBody result = SpliceBody(sent.request, &target());
  EXPECT_EQ(Bytes(result),
            R"({"model":"u","stream_options":{"include_usage":true}})");
  EXPECT_EQ(result.size, Bytes(result).size());
  // A provider that is asked for a model of its own gets what was sent.
  EXPECT_EQ(Bytes(SpliceBody(sent.request, nullptr)), R"({"model":"m"})");
}

TEST_F(UpstreamHeadTest, OtherBytesAreTheOriginalOnes) {
  const std::string body = R"({"model":"m","x":1})";
  testing::SentRequest sent(routing_, "POST /", "", body);
  sent.request.model_span = ModelSpan{9, 12};
  const UpstreamBody spliced = SpliceBody(sent.request, &target());
  EXPECT_EQ(spliced.pieces[0].data(), sent.request.body.data());
  EXPECT_EQ(spliced.pieces[2].size(), 0U);
  EXPECT_EQ(spliced.pieces[3].data(), sent.request.body.data() + 12);
  // Without a target or a model the whole body is.
  const UpstreamBody direct = SpliceBody(sent.request, nullptr);
  EXPECT_EQ(Bytes(direct), body);
  EXPECT_EQ(direct.size, body.size());
  sent.request.model_span.reset();
  EXPECT_EQ(Bytes(SpliceBody(sent.request, &target())), body);
  sent.request.body = {};
  EXPECT_EQ(SpliceBody(sent.request, &target()).size, 0U);
}

}  // namespace
}  // namespace weir::dataplane
