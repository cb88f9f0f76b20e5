#include "dataplane/http1/repeated_head.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dataplane/http1/head.h"
#include "gtest/gtest.h"
#include "tests/dataplane/http1/same_fields.h"

namespace weir::dataplane::http1 {
namespace {

std::string Chat(std::string_view length, std::string_view key = "secret") {
  return absl::StrCat(
      "POST /v1/chat/completions?a=b HTTP/1.1\r\n"
      "Host: gateway.example\r\n"
      "Authorization: Bearer ",
      std::string(key), "\r\nContent-Length: ", std::string(length),
      "\r\nX-Anything:\r\n\r\n");
}

void ExpectSame(const RequestHead& one, const RequestHead& other) {
  EXPECT_EQ(one.method, other.method);
  EXPECT_EQ(one.method_text, other.method_text);
  EXPECT_EQ(one.target, other.target);
  EXPECT_EQ(one.path, other.path);
  EXPECT_EQ(one.query, other.query);
  EXPECT_EQ(one.authorization, other.authorization);
  EXPECT_EQ(one.api_key, other.api_key);
  EXPECT_EQ(one.goog_api_key, other.goog_api_key);
  EXPECT_EQ(one.expects_continue, other.expects_continue);
  ExpectSameFields(one, other);
}

// That it says of `bytes` what a parser says that has seen nothing before. They
// stand in memory that is gone when the head is looked at.
void ExpectAsParsed(RepeatedHead& repeated, const std::string& bytes) {
  RequestHead parsed;
  const ParseResult want = ParseRequestHead(bytes, parsed);
  const ParseResult result = repeated.Parse(std::string(bytes));
  EXPECT_EQ(result.state, want.state) << bytes;
  EXPECT_EQ(result.error.status, want.error.status) << bytes;
  if (want.state == ParseState::kComplete) ExpectSame(repeated.head(), parsed);
}

TEST(RepeatedHeadTest, SaysWhatAParserSays) {
  RepeatedHead repeated;
  const std::string get = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
  for (const std::string& bytes : std::vector<std::string>{
           Chat("12"), Chat("12"), Chat("34"), Chat("34") + "and a body",
           // Other digits are other heads.
           Chat("345"), Chat("0"), Chat("7"), Chat("07"), Chat("-1"),
           Chat("1x"), Chat(""), Chat("12"), Chat("12", "secreT"),
           Chat("12", "secret2"),
           // Not whole, and then whole.
           Chat("12").substr(0, 60), Chat("12"), Chat("12").substr(0, 60),
           Chat("99"), get, get, "\r\n" + get, "\r\n" + get, get + get,
           "GET /health HTTP/1.0\r\n\r\n",
           // Without a length; with one that a method may not have.
           "GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
           "GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
           "GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
           "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
           "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0",
           "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunkeD\r\n\r\n",
           std::string("nonsense\r\n\r\n"), Chat("12")}) {
    ExpectAsParsed(repeated, bytes);
  }
}

TEST(RepeatedHeadTest, TheSameSerialSaysThatNothingButTheLengthDiffers) {
  RepeatedHead repeated;
  EXPECT_EQ(repeated.head().serial, 0U);
  repeated.Parse(Chat("12"));
  const std::uint64_t first = repeated.head().serial;
  const char* const place = repeated.head().target.data();
  EXPECT_NE(first, 0U);
  for (const std::string_view same : {"12", "34", "99"}) {
    repeated.Parse(Chat(same));
    EXPECT_EQ(repeated.head().serial, first) << same;
    EXPECT_EQ(repeated.head().target.data(), place);
  }
  // None of these is the first head, nor is the first one when it comes again.
  std::uint64_t last = first;
  for (const std::string& other :
       {Chat("99", "secreT"), Chat("99"), Chat("100"), Chat("99")}) {
    repeated.Parse(other);
    EXPECT_GT(repeated.head().serial, last) << other;
    last = repeated.head().serial;
  }
  repeated.Parse(Chat("99").substr(0, 40));
  EXPECT_EQ(repeated.head().serial, 0U);
  repeated.Parse(Chat("99"));
  EXPECT_GT(repeated.head().serial, last);
  RequestHead alone;
  alone.serial = last;
  ParseRequestHead(Chat("99"), alone);
  EXPECT_EQ(alone.serial, 0U);
}

// Whatever byte of a head becomes another one.
TEST(RepeatedHeadTest, NoByteIsOverlooked) {
  const std::string good = Chat("12");
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char byte : {'0', '1', '9', 'a', 'X', ' ', ':', '\r', '\n'}) {
      RepeatedHead repeated;
      repeated.Parse(good);
      std::string other = good;
      other[at] = byte;
      ExpectAsParsed(repeated, other);
    }
  }
}

}  // namespace
}  // namespace weir::dataplane::http1
