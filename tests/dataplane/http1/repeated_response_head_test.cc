#include "dataplane/http1/repeated_response_head.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/http1/head.h"
#include "gtest/gtest.h"
#include "tests/dataplane/http1/same_fields.h"

namespace weir::dataplane::http1 {
namespace {

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\n";
constexpr std::string_view kLast =
    "HTTP/1.1 200 OK\r\n"
    "Date: Mon, 01 Jun 2026 10:00:00 GMT\r\n"
    "Content-Type: application/json\r\n"
    "content-length: 345\r\n"
    "X-Request-Id:req_0123456789abcdef\r\n"
    "x-ratelimit-remaining-tokens: 9999\r\n"
    "x-empty:\r\n"
    "\r\n";

std::string With(std::string_view from, std::string_view to) {
  std::string head(kLast);
  return head.replace(head.find(from), from.size(), to);
}

// That it says of `bytes` what a parser says that has seen nothing before. They
// stand in memory that is gone when the head is looked at.
void ExpectAsParsed(RepeatedResponseHead& repeated, std::string_view bytes,
                    Method method = Method::kPost) {
  SCOPED_TRACE(bytes);
  ResponseHead parsed;
  const ParseResult want = ParseResponseHead(bytes, method, parsed);
  const ParseResult result = repeated.Parse(std::string(bytes), method);
  EXPECT_EQ(result.state, want.state);
  EXPECT_EQ(result.error.status, want.error.status);
  EXPECT_STREQ(result.error.message, want.error.message);
  if (want.state != ParseState::kComplete) return;
  EXPECT_EQ(repeated.head().status, parsed.status);
  ExpectSameFields(repeated.head(), parsed);
}

struct NextCase {
  std::string name;
  std::string last;
  std::string next;
  Method last_method = Method::kPost;
  Method next_method = Method::kPost;
};

class NextHeadTest : public ::testing::TestWithParam<NextCase> {};

TEST_P(NextHeadTest, SaysWhatAParserSays) {
  const NextCase& heads = GetParam();
  RepeatedResponseHead repeated;
  // There and back, and once more the same.
  for (int time = 0; time < 2; ++time) {
    ExpectAsParsed(repeated, heads.last, heads.last_method);
    ExpectAsParsed(repeated, heads.next, heads.next_method);
    ExpectAsParsed(repeated, heads.next, heads.next_method);
  }
}

std::string Head(std::string_view lines) {
  return std::string(kOk) + std::string(lines) + "\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    Values, NextHeadTest,
    ::testing::ValuesIn<NextCase>({
        {"Same", std::string(kLast), std::string(kLast)},
        {"WithABody", std::string(kLast), std::string(kLast) + "{\"id\":1}"},
        {"AnotherDate", std::string(kLast), With("10:00:00", "10:00:07")},
        {"AnotherId", std::string(kLast), With("0123456789ab", "ba98765432ab")},
        {"ShorterValue", std::string(kLast), With("9999", "5")},
        {"LongerValue", std::string(kLast), With("9999", "1000000")},
        {"NoValue", std::string(kLast), With(" 9999", "")},
        {"AValueWhereNoneWas", std::string(kLast), With("empty:", "empty: a")},
        {"BlanksAround", std::string(kLast), With(" 9999", "\t  9999 \t")},
        {"ManyValues", std::string(kLast),
         Head("Date: today\r\nContent-Type: text/event-stream\r\n"
              "content-length: 7\r\nX-Request-Id:1\r\n"
              "x-ratelimit-remaining-tokens: 0\r\nx-empty: \xc3\xa9\r\n")},
        {"ControlCharacter", std::string(kLast),
         With("9999",
              "99\x01"
              "9")},
        {"Nul", std::string(kLast), With("9999", std::string("9\0009", 3))},
        {"BareCr", std::string(kLast), With("9999", "99\r99")},
        {"BareCrAtTheEnd", std::string(kLast), With("9999", "9999\r")},
        {"BareLf", std::string(kLast), With("9999\r\n", "9999\n")},
        {"Folded", std::string(kLast), With("9999", "9\r\n 9")},
        {"LineInAValue", std::string(kLast), With("9999", "9\r\na: b")},
        {"EndInAValue", std::string(kLast), With("9999", "9\r\n\r\n")},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Lines, NextHeadTest,
    ::testing::ValuesIn<NextCase>({
        {"AnotherName", std::string(kLast), With("x-empty", "x-emptY")},
        {"LongerName", std::string(kLast), With("x-empty", "x-empty2")},
        {"BlankBeforeColon", std::string(kLast), With("x-empty:", "x-empty :")},
        {"NoColon", std::string(kLast), With("x-empty:", "x-empty")},
        {"OneMore", std::string(kLast),
         With("x-empty:\r\n", "x-empty:\r\na:\r\n")},
        {"OneFewer", std::string(kLast), With("x-empty:\r\n", "")},
        {"NoneAtAll", std::string(kLast), Head("")},
        {"NoneAgain", Head(""), Head("")},
        {"FirstOnes", Head(""), std::string(kLast)},
        {"AnotherReason", std::string(kLast), With("200 OK", "200 Ok")},
        {"AnotherStatus", std::string(kLast), With("200 OK", "204 OK")},
        {"AnotherVersion", std::string(kLast), With("HTTP/1.1", "HTTP/1.0")},
        {"WholeThenCut", std::string(kLast),
         std::string(kLast.substr(0, kLast.size() - 2))},
        {"Interim", "HTTP/1.1 100 Continue\r\n\r\n", std::string(kLast)},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Framing, NextHeadTest,
    ::testing::ValuesIn<NextCase>({
        {"AnotherLength", std::string(kLast), With("345", "678")},
        {"LongerLength", std::string(kLast), With("345", "12345")},
        {"LengthZero", std::string(kLast), With("345", "0")},
        {"LargestLength", std::string(kLast), With("345", "9007199254740992")},
        {"TooLargeLength", std::string(kLast), With("345", "9007199254740993")},
        {"LengthWithZeroInFront", std::string(kLast), With("345", "045")},
        {"NegativeLength", std::string(kLast), With("345", "-45")},
        {"SignedLength", std::string(kLast), With("345", "+45")},
        {"LengthList", std::string(kLast), With("345", "3,5")},
        {"LengthInHex", std::string(kLast), With("345", "0x5")},
        {"NoLength", std::string(kLast), With("345", "")},
        {"BlankInLength", std::string(kLast), With("345", "3 5")},
        {"LengthAfterZero", Head("Content-Length: 0\r\n"),
         Head("Content-Length: 7\r\n")},
        {"SecondLength", std::string(kLast),
         With("x-empty:", "content-length: 345")},
        {"LengthAndChunked", std::string(kLast),
         With("x-empty:", "transfer-encoding: chunked")},
        {"LengthOfNoBody", With("200 OK", "204 No"),
         With("200 OK", "204 No") + "a"},
        {"AnotherLengthOfNoBody",
         "HTTP/1.1 304 Same\r\nContent-Length: 5\r\n\r\n",
         "HTTP/1.1 304 Same\r\nContent-Length: 7\r\n\r\n"},
        {"Chunked", Head("Transfer-Encoding: chunked\r\na: b\r\n"),
         Head("Transfer-Encoding: chunked\r\na: c\r\n")},
        {"ChunkedWritten", Head("Transfer-Encoding: chunked\r\n"),
         Head("Transfer-Encoding: CHUNKED\r\n")},
        {"OtherCoding", Head("Transfer-Encoding: chunked\r\n"),
         Head("Transfer-Encoding: chunkes\r\n")},
        {"UntilClose", Head("a: b\r\n"), Head("a: c\r\n")},
        {"SaysClose", Head("Connection: keep-alive\r\nContent-Length: 5\r\n"),
         Head("Connection: close\r\nContent-Length: 5\r\n")},
        {"SaysCloseNoMore", Head("Connection: close\r\nContent-Length: 5\r\n"),
         Head("Connection: clost\r\nContent-Length: 5\r\n")},
        {"Nominates", Head("Connection: x-one\r\nx-one: 1\r\nx-two: 2\r\n"),
         Head("Connection: x-two\r\nx-one: 1\r\nx-two: 2\r\n")},
        {"NominatedBefore", Head("Connection: x-one\r\nx-one: 1\r\n"),
         Head("Connection: x-one\r\nx-one: 2\r\n")},
        {"NominatesLength", Head("Connection: x-one\r\ncontent-length: 5\r\n"),
         Head("Connection: content-length\r\ncontent-length: 5\r\n")},
        {"OldVersion",
         "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\na: 1\r\n\r\n",
         "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\na: 2\r\n\r\n"},
        {"ToHead", std::string(kLast), std::string(kLast), Method::kPost,
         Method::kHead},
        {"AfterHead", std::string(kLast), With("345", "346"), Method::kHead,
         Method::kGet},
    }),
    [](const auto& test) { return test.param.name; });

// Whatever byte of a head becomes another one, or two, or is missing.
TEST(RepeatedResponseHeadTest, NoByteIsOverlooked) {
  for (std::size_t at = 0; at < kLast.size(); ++at) {
    for (const std::string_view bytes :
         std::vector<std::string_view>{"", "0", "9", "a", "X", " ", ":", "\r",
                                       "\n", "\r\n", "\x7f", "\t", "ab"}) {
      RepeatedResponseHead repeated;
      repeated.Parse(kLast, Method::kPost);
      ExpectAsParsed(repeated, std::string(kLast).replace(at, 1, bytes));
    }
  }
}

TEST(RepeatedResponseHeadTest, APartIsIncompleteUntilItIsWhole) {
  const std::string next = With("9999", "88888");
  for (std::size_t size = 0; size < next.size(); ++size) {
    RepeatedResponseHead repeated;
    repeated.Parse(kLast, Method::kPost);
    ExpectAsParsed(repeated, std::string_view(next).substr(0, size));
    ExpectAsParsed(repeated, next);
  }
}

TEST(RepeatedResponseHeadTest, GrowsNoLargerThanAHeadMayBe) {
  for (const std::size_t size :
       {kMaxHeadBytes - 300, kMaxHeadBytes - 4, kMaxHeadBytes,
        kMaxHeadBytes + 4, kMaxHeadBytes + 300}) {
    RepeatedResponseHead repeated;
    repeated.Parse(kLast, Method::kPost);
    ExpectAsParsed(repeated,
                   With("9999", std::string(size - kLast.size() + 4, '9')));
  }
}

TEST(RepeatedResponseHeadTest, HeadersBeyondTheFirstBlockAreCompared) {
  std::string lines;
  for (int i = 0; i < 30; ++i) lines += "x-" + std::to_string(i) + ": a\r\n";
  std::string others = lines;
  others.replace(others.find("29: a"), 5, "29: another");
  RepeatedResponseHead repeated;
  ExpectAsParsed(repeated, Head(lines));
  ExpectAsParsed(repeated, Head(others));
  ExpectAsParsed(repeated, Head(lines));
}

}  // namespace
}  // namespace weir::dataplane::http1
