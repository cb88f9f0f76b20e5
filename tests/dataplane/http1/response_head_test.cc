#include <cstddef>
#include <string>
#include <string_view>

#include "dataplane/http1/head.h"
#include "gtest/gtest.h"

namespace weir::dataplane::http1 {
namespace {

struct GoodCase {
  std::string name;
  std::string bytes;
  int status;
  BodyFraming framing;
  bool says_close = false;
  Method method = Method::kPost;
};

class GoodResponseTest : public ::testing::TestWithParam<GoodCase> {};

TEST_P(GoodResponseTest, FollowsTheTable) {
  ResponseHead head;
  ASSERT_EQ(ParseResponseHead(GetParam().bytes, GetParam().method, head).state,
            ParseState::kComplete);
  EXPECT_EQ(head.status, GetParam().status);
  EXPECT_EQ(head.framing, GetParam().framing);
  EXPECT_EQ(head.says_close, GetParam().says_close);
  EXPECT_EQ(head.size, GetParam().bytes.size());
}

TEST_P(GoodResponseTest, NoBeginningIsComplete) {
  const std::string_view bytes = GetParam().bytes;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ResponseHead head;
    EXPECT_EQ(
        ParseResponseHead(bytes.substr(0, size), GetParam().method, head).state,
        ParseState::kIncomplete)
        << size;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, GoodResponseTest,
    ::testing::ValuesIn<GoodCase>({
        {"Length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200,
         BodyFraming::kLength},
        {"Chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n",
         200, BodyFraming::kChunked},
        {"NothingButTheEnd", "HTTP/1.1 200 OK\r\n\r\n", 200,
         BodyFraming::kUntilClose, true},
        {"LengthZero", "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", 500,
         BodyFraming::kNone},
        {"NoReason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200,
         BodyFraming::kNone},
        {"EmptyReason", "HTTP/1.1 529 \r\nContent-Length: 0\r\n\r\n", 529,
         BodyFraming::kNone},
        {"ReasonInUtf8", "HTTP/1.1 200 \xc3\xa9\r\nContent-Length: 0\r\n\r\n",
         200, BodyFraming::kNone},
        {"Interim", "HTTP/1.1 100 Continue\r\n\r\n", 100, BodyFraming::kNone},
        {"Upgrade", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", 101,
         BodyFraming::kNone},
        {"NoContent", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
         204, BodyFraming::kNone},
        {"NotModified",
         "HTTP/1.1 304 Same\r\nTransfer-Encoding: chunked\r\n\r\n", 304,
         BodyFraming::kNone},
        {"ToHead", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200,
         BodyFraming::kNone, false, Method::kHead},
        {"ToHeadWithoutLength", "HTTP/1.1 200 OK\r\n\r\n", 200,
         BodyFraming::kNone, false, Method::kHead},
        {"Close",
         "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n",
         200, BodyFraming::kLength, true},
        {"OldVersion", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", 200,
         BodyFraming::kLength, true},
        {"OldVersionKeptOpen",
         "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n"
         "Connection: keep-alive\r\n\r\n",
         200, BodyFraming::kLength, false},
        // Nobody behind weir turns a provider's headers into variables.
        {"Underscore", "HTTP/1.1 200 OK\r\nx_y: z\r\nContent-Length: 0\r\n\r\n",
         200, BodyFraming::kNone},
    }),
    [](const auto& test) { return test.param.name; });

TEST(ResponseHeadTest, ALengthIsKnownEvenWhereNoBodyFollows) {
  ResponseHead head;
  ASSERT_EQ(ParseResponseHead("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
                              Method::kHead, head)
                .state,
            ParseState::kComplete);
  EXPECT_EQ(head.content_length, 5U);
}

TEST(ResponseHeadTest, NothingOfTheHeadBeforeStays) {
  ResponseHead head;
  ASSERT_EQ(ParseResponseHead("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n",
                              Method::kGet, head)
                .state,
            ParseState::kComplete);
  ASSERT_EQ(
      ParseResponseHead("HTTP/1.1 204 OK\r\n\r\n", Method::kGet, head).state,
      ParseState::kComplete);
  EXPECT_EQ(head.content_length, 0U);
  EXPECT_EQ(head.header_count, 0U);
  EXPECT_FALSE(head.says_close);
}

struct BadCase {
  std::string name;
  std::string bytes;
};

class BadResponseTest : public ::testing::TestWithParam<BadCase> {};

TEST_P(BadResponseTest, IsRefusedAndNothingOfItIsTaken) {
  const std::string_view bytes = GetParam().bytes;
  ResponseHead head;
  EXPECT_EQ(ParseResponseHead(bytes, Method::kPost, head).state,
            ParseState::kBad);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_NE(
        ParseResponseHead(bytes.substr(0, size), Method::kPost, head).state,
        ParseState::kComplete)
        << size;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadResponseTest,
    ::testing::ValuesIn<BadCase>({
        {"Empty", "\r\n\r\n"},
        {"EmptyLineBefore", "\r\nHTTP/1.1 200 OK\r\n\r\n"},
        {"NoStatus", "HTTP/1.1\r\n\r\n"},
        {"NoSpace", "HTTP/1.1200 OK\r\n\r\n"},
        {"TwoSpaces", "HTTP/1.1  200 OK\r\n\r\n"},
        {"TwoDigits", "HTTP/1.1 20 OK\r\n\r\n"},
        {"FourDigits", "HTTP/1.1 2000 OK\r\n\r\n"},
        {"NotANumber", "HTTP/1.1 2x0 OK\r\n\r\n"},
        {"NegativeNumber", "HTTP/1.1 -20 OK\r\n\r\n"},
        {"TooSmall", "HTTP/1.1 099 OK\r\n\r\n"},
        {"TooLarge", "HTTP/1.1 600 OK\r\n\r\n"},
        {"TabBehindStatus", "HTTP/1.1 200\tOK\r\n\r\n"},
        {"ControlInReason", "HTTP/1.1 200 O\x01K\r\n\r\n"},
        {"NulInReason", std::string("HTTP/1.1 200 O\0K\r\n\r\n", 20)},
        {"NewVersion", "HTTP/2.0 200 OK\r\n\r\n"},
        {"OtherProtocol", "ICAP/1.1 200 OK\r\n\r\n"},
        {"ARequest", "GET / HTTP/1.1\r\n\r\n"},
        {"Html", "<!DOCTYPE html><html>\r\n\r\n"},
        {"Both",
         "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
         "Transfer-Encoding: chunked\r\n\r\n"},
        {"TwoLengths",
         "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
         "Content-Length: 5\r\n\r\n"},
        {"LengthList", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n"},
        {"BadLength", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"},
        {"OtherEncoding",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"},
        {"ChunkedInTheOldVersion",
         "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"BothOfNoBody",
         "HTTP/1.1 204 OK\r\nContent-Length: 5\r\n"
         "Transfer-Encoding: chunked\r\n\r\n"},
        {"NulInValue", std::string("HTTP/1.1 200 OK\r\nx: \0\r\n\r\n", 25)},
        {"ControlInValue", "HTTP/1.1 200 OK\r\nx: \x1b[0m\r\n\r\n"},
        {"Folded", "HTTP/1.1 200 OK\r\nx: a\r\n b\r\n\r\n"},
        {"SpaceBeforeColon", "HTTP/1.1 200 OK\r\nx : a\r\n\r\n"},
        {"BareLf", "HTTP/1.1 200 OK\nContent-Length: 5\n\n"},
        {"BareLfInside", "HTTP/1.1 200 OK\r\nx: a\ny: b\r\n\r\n"},
        {"BareCr", "HTTP/1.1 200 OK\r\nx: a\rb\r\n\r\n"},
    }),
    [](const auto& test) { return test.param.name; });

TEST(ResponseLimitTest, AsManyHeadersAsThereMayBeStandInOrder) {
  std::string bytes = "HTTP/1.1 200 OK\r\n";
  for (std::size_t i = 0; i < kMaxHeaders; ++i) {
    bytes += "x-" + std::to_string(i) + ": " + std::to_string(i) + "\r\n";
  }
  bytes += "\r\n";
  ResponseHead head;
  // Again into what is there already.
  for (int time = 0; time < 2; ++time) {
    ASSERT_EQ(ParseResponseHead(bytes, Method::kGet, head).state,
              ParseState::kComplete);
    ASSERT_EQ(head.header_count, kMaxHeaders);
    for (std::size_t i = 0; i < kMaxHeaders; ++i) {
      EXPECT_EQ(head.headers[i].value(), std::to_string(i));
    }
  }
}

TEST(ResponseLimitTest, HeadsBeyondTheLimitsAreRefused) {
  ResponseHead head;
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (std::size_t i = 0; i <= kMaxHeaders; ++i) many += "a: b\r\n";
  EXPECT_EQ(ParseResponseHead(many + "\r\n", Method::kGet, head).error.status,
            431);
  const std::string endless =
      "HTTP/1.1 200 OK\r\nx: " + std::string(kMaxHeadBytes, 'y');
  EXPECT_EQ(ParseResponseHead(endless, Method::kGet, head).error.status, 431);
}

}  // namespace
}  // namespace weir::dataplane::http1
