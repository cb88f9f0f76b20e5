// Requests that are understood, and what is read out of them; those that are
// refused stand in request_refusal_test.cc.
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/http1/head.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane::http1 {
namespace {

constexpr char kPost[] =
    "POST /v1/chat/completions?a=b?c HTTP/1.1\r\n"
    "Host: gateway.example:8080\r\n"
    "authorization: Bearer secret\r\n"
    "X-Api-Key: \t other \t\r\n"
    "Content-Length: 12\r\n"
    "Expect: 100-Continue\r\n"
    "X-Anything:\xc3\xa9 \t\"\r\n"
    "\r\n";

TEST(RequestHeadTest, PartsAreReadWhereTheyStand) {
  const std::string bytes = std::string(kPost) + "hello, world";
  RequestHead head;
  ASSERT_EQ(ParseRequestHead(bytes, head).state, ParseState::kComplete);
  EXPECT_EQ(head.size, sizeof(kPost) - 1);
  EXPECT_EQ(head.method, Method::kPost);
  EXPECT_EQ(head.method_text, "POST");
  EXPECT_EQ(head.target, "/v1/chat/completions?a=b?c");
  EXPECT_EQ(head.path, "/v1/chat/completions");
  EXPECT_EQ(head.query, "a=b?c");
  EXPECT_EQ(head.authorization, "Bearer secret");
  EXPECT_EQ(head.api_key, "other");
  EXPECT_EQ(head.framing, BodyFraming::kLength);
  EXPECT_EQ(head.content_length, 12U);
  EXPECT_TRUE(head.expects_continue);
  EXPECT_FALSE(head.says_close);
  ASSERT_EQ(head.header_count, 6U);
  EXPECT_EQ(head.headers[5].name(), "X-Anything");
  EXPECT_EQ(head.headers[5].value(), "\xc3\xa9 \t\"");
  EXPECT_EQ(head.headers[5].line(), "X-Anything:\xc3\xa9 \t\"\r\n");
  EXPECT_EQ(head.Find(HeaderId::kHost), &head.headers[0]);
  EXPECT_EQ(head.Find(HeaderId::kCredential), nullptr);
}

TEST(RequestHeadTest, NoBeginningOfAGoodHeadIsComplete) {
  const std::string bytes = kPost;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    RequestHead head;
    EXPECT_EQ(
        ParseRequestHead(std::string_view(bytes).substr(0, size), head).state,
        ParseState::kIncomplete)
        << size;
  }
}

TEST(RequestHeadTest, NothingOfTheHeadBeforeStays) {
  RequestHead head;
  ASSERT_EQ(ParseRequestHead(kPost, head).state, ParseState::kComplete);
  ASSERT_EQ(
      ParseRequestHead("GET /health HTTP/1.0\r\nHost: a\r\n\r\n", head).state,
      ParseState::kComplete);
  ASSERT_EQ(
      ParseRequestHead("GET /health HTTP/1.1\r\nHost: a\r\n\r\n", head).state,
      ParseState::kComplete);
  EXPECT_EQ(head.header_count, 1U);
  EXPECT_EQ(head.query, "");
  EXPECT_EQ(head.authorization, "");
  EXPECT_EQ(head.api_key, "");
  EXPECT_EQ(head.framing, BodyFraming::kNone);
  EXPECT_EQ(head.content_length, 0U);
  EXPECT_FALSE(head.expects_continue);
  EXPECT_FALSE(head.says_close);
}

TEST(RequestHeadTest, OneEmptyLineBeforeARequestIsOverlooked) {
  const std::string bytes = "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
  RequestHead head;
  ASSERT_EQ(ParseRequestHead(bytes, head).state, ParseState::kComplete);
  EXPECT_EQ(head.size, bytes.size());
  EXPECT_EQ(head.method_text, "GET");
  EXPECT_EQ(ParseRequestHead("\r\n" + bytes, head).state, ParseState::kBad);
}

struct MethodCase {
  std::string text;
  Method want;
};

TEST(RequestHeadTest, EachMethodThatIsServedAnywhereIsRead) {
  const std::vector<MethodCase> cases = {
      {"GET", Method::kGet},         {"HEAD", Method::kHead},
      {"POST", Method::kPost},       {"PUT", Method::kPut},
      {"PATCH", Method::kPatch},     {"DELETE", Method::kDelete},
      {"OPTIONS", Method::kOptions},
  };
  for (const MethodCase& c : cases) {
    RequestHead head;
    const std::string bytes = c.text + " / HTTP/1.1\r\nHost: a\r\n\r\n";
    ASSERT_EQ(ParseRequestHead(bytes, head).state, ParseState::kComplete)
        << c.text;
    EXPECT_EQ(head.method, c.want);
  }
}

struct FramingCase {
  std::string name;
  std::string bytes;
  BodyFraming framing;
  bool says_close;
};

class RequestFramingTest : public ::testing::TestWithParam<FramingCase> {};

TEST_P(RequestFramingTest, FollowsTheTable) {
  RequestHead head;
  ASSERT_EQ(ParseRequestHead(GetParam().bytes, head).state,
            ParseState::kComplete);
  EXPECT_EQ(head.framing, GetParam().framing);
  EXPECT_EQ(head.says_close, GetParam().says_close);
}

std::string Post(const std::string& lines) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    Table, RequestFramingTest,
    ::testing::ValuesIn<FramingCase>({
        {"Neither", Post(""), BodyFraming::kNone, false},
        {"LengthZero", Post("Content-Length: 0\r\n"), BodyFraming::kNone,
         false},
        {"LengthZeroOfAGet",
         "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
         BodyFraming::kNone, false},
        {"Length", Post("content-length:7\r\n"), BodyFraming::kLength, false},
        {"LargestLength", Post("Content-Length: 9007199254740992\r\n"),
         BodyFraming::kLength, false},
        {"Chunked", Post("Transfer-Encoding: chunked\r\n"),
         BodyFraming::kChunked, false},
        {"ChunkedInCapitals", Post("TRANSFER-ENCODING:\tCHUNKED \r\n"),
         BodyFraming::kChunked, false},
        {"Close", Post("Connection: close\r\n"), BodyFraming::kNone, true},
        {"CloseInAList", Post("Connection: x-a ,\tCLOSE\r\n"),
         BodyFraming::kNone, true},
        {"KeepAlive", Post("Connection: keep-alive\r\n"), BodyFraming::kNone,
         false},
        {"OldVersionEnds", "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
         BodyFraming::kNone, true},
        // What HAProxy's `option httpchk` sends.
        {"OldVersionWithoutHost", "GET /health HTTP/1.0\r\n\r\n",
         BodyFraming::kNone, true},
        {"OldVersionEndsAlthoughItAsks",
         "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
         BodyFraming::kNone, true},
        {"ServerOptions", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
         BodyFraming::kNone, false},
        {"EscapesThatDeceiveNobody",
         "GET /a%20b%7Ec?x=%2f%00 HTTP/1.1\r\nHost: a\r\n\r\n",
         BodyFraming::kNone, false},
    }),
    [](const auto& test) { return test.param.name; });

class GoodHostTest : public ::testing::TestWithParam<std::string> {};

TEST_P(GoodHostTest, IsAccepted) {
  RequestHead head;
  const std::string bytes =
      "GET / HTTP/1.1\r\nHost: " + GetParam() + "\r\n\r\n";
  EXPECT_EQ(ParseRequestHead(bytes, head).state, ParseState::kComplete)
      << GetParam();
}

INSTANTIATE_TEST_SUITE_P(List, GoodHostTest,
                         ::testing::Values("a", "a:80", "a:", "a:65535",
                                           "gateway.example", "127.0.0.1:8080",
                                           "a-b_c~d", "[::1]", "[::1]:8080",
                                           "[::ffff:127.0.0.1]:"));

TEST(RequestHeadTest, ConnectionTakesWhatItListsOffTheWay) {
  const std::string bytes = Post(
      "Connection: X-Debug, , x-gone\r\n"
      "x-debug: 1\r\nx-stays: 1\r\nX-DEBUG: 2\r\n"
      "Connection: x-also\r\nx-also: 1\r\n");
  RequestHead head;
  ASSERT_EQ(ParseRequestHead(bytes, head).state, ParseState::kComplete);
  for (std::size_t i = 0; i < head.header_count; ++i) {
    const Header& header = head.headers[i];
    if (header.name() == "x-stays") {
      EXPECT_EQ(header.id(), HeaderId::kOther);
    } else {
      EXPECT_NE(header.id(), HeaderId::kOther) << header.name();
    }
  }
}

TEST(RequestHeadTest, TheLimitsThemselvesAreAllowed) {
  std::string lines = std::string(kMaxHeaderNameBytes, 'n') + ": v\r\n";
  for (std::size_t i = 2; i < kMaxHeaders; ++i) lines += "a: b\r\n";
  RequestHead head;
  EXPECT_EQ(ParseRequestHead(Post(lines), head).state, ParseState::kComplete);
  EXPECT_EQ(head.header_count, kMaxHeaders);
}

struct LengthCase {
  std::string text;
  std::optional<std::uint64_t> want;
};

TEST(ContentLengthTest, FollowsTheTable) {
  const std::vector<LengthCase> cases = {
      {"0", 0},
      {"7", 7},
      {"10", 10},
      {"9007199254740992", std::uint64_t{1} << 53},
      {"9007199254740993", std::nullopt},
      {"9999999999999999", std::nullopt},
      {"10000000000000000", std::nullopt},
      {"18446744073709551617", std::nullopt},
      {"", std::nullopt},
      {"00", std::nullopt},
      {"07", std::nullopt},
      {"+7", std::nullopt},
      {"-7", std::nullopt},
      {"-0", std::nullopt},
      {" 7", std::nullopt},
      {"7 ", std::nullopt},
      {"7,7", std::nullopt},
      {"7, 7", std::nullopt},
      {"0x7", std::nullopt},
      {"7a", std::nullopt},
      {"7.0", std::nullopt},
      {"1e3", std::nullopt},
      {"1_000", std::nullopt},
      {std::string("7\0", 2), std::nullopt},
      {"\xd9\xa7", std::nullopt},
  };
  for (const LengthCase& c : cases) {
    EXPECT_EQ(ParseContentLength(c.text), c.want) << c.text;
  }
}

}  // namespace
}  // namespace weir::dataplane::http1
