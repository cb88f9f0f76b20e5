#include "cli/loadtest/load_request.h"

#include <string>

#include "common/net/url.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::loadtest {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(LoadRequestTest, AStreamSaysItsUsage) {
  EXPECT_EQ(BodyOf({"m", 10, "say \"hi\"", dialect::Delivery::kStream}),
            R"({"model":"m","max_tokens":10,"stream":true,)"
            R"("stream_options":{"include_usage":true},)"
            R"("messages":[{"role":"user","content":"say \"hi\""}]})");
}

TEST(LoadRequestTest, AWholeAnswerIsAskedForWithoutStream) {
  EXPECT_EQ(BodyOf({"m", 10, "hi", dialect::Delivery::kWhole}),
            R"({"model":"m","max_tokens":10,)"
            R"("messages":[{"role":"user","content":"hi"}]})");
}

std::string TextFor(const std::string& url) {
  return RequestText(*net::ParseUrl(url), config::Secret("s"), "p1", "{}");
}

TEST(LoadRequestTest, TheRequestNamesProviderAndKey) {
  const std::string text = TextFor("http://127.0.0.1:8080");
  EXPECT_THAT(text, StartsWith("POST /v1/chat/completions HTTP/1.1\r\n"
                               "Host: 127.0.0.1:8080\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nAuthorization: Bearer s\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nx-weir-provider: p1\r\n"));
  EXPECT_THAT(text, EndsWith("\r\nContent-Length: 2\r\n\r\n{}"));
}

TEST(LoadRequestTest, ThePathIsBehindTheNodesOwn) {
  EXPECT_THAT(TextFor("https://gate.example/ai"),
              StartsWith("POST /ai/v1/chat/completions HTTP/1.1\r\n"
                         "Host: gate.example\r\n"));
  EXPECT_THAT(TextFor("https://gate.example/v1"),
              StartsWith("POST /v1/chat/completions HTTP/1.1\r\n"));
}

}  // namespace
}  // namespace weir::loadtest
