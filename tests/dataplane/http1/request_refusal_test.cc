// Requests that are refused, rule by rule: research on request smuggling says
// that each of these is read in two ways by two servers in use.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/http1/head.h"
#include "gtest/gtest.h"

namespace weir::dataplane::http1 {
namespace {

struct RefusalCase {
  std::string name;
  std::string text;
  int status = 400;
};

// `c` is refused, and nothing that it begins with is taken for a request.
void ExpectRefused(const RefusalCase& c, std::string_view bytes) {
  RequestHead head;
  const ParseResult result = ParseRequestHead(bytes, head);
  EXPECT_EQ(result.state, ParseState::kBad);
  EXPECT_EQ(result.error.status, c.status);
  if (result.state == ParseState::kBad) {
    EXPECT_STRNE(result.error.message, "");
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_NE(ParseRequestHead(bytes.substr(0, size), head).state,
              ParseState::kComplete)
        << size;
  }
}

std::string NameOf(const ::testing::TestParamInfo<RefusalCase>& info) {
  return info.param.name;
}

class RequestLineTest : public ::testing::TestWithParam<RefusalCase> {};

TEST_P(RequestLineTest, IsRefused) {
  ExpectRefused(GetParam(), GetParam().text + "\r\nHost: a\r\n\r\n");
}

INSTANTIATE_TEST_SUITE_P(
    Table, RequestLineTest,
    ::testing::ValuesIn<RefusalCase>({
        {"Empty", ""},
        {"TwoEmptyLines", "\r\n\r\nGET / HTTP/1.1"},
        {"MethodAlone", "GET"},
        {"NoVersion", "GET /"},
        {"SpaceBefore", " GET / HTTP/1.1"},
        {"SpaceBehind", "GET / HTTP/1.1 "},
        {"TwoSpacesBeforeTarget", "GET  / HTTP/1.1"},
        {"TwoSpacesBehindTarget", "GET /  HTTP/1.1"},
        {"Tabs", "GET\t/\tHTTP/1.1"},
        {"NoMethod", " / HTTP/1.1"},
        {"MethodIsNoToken", "G@T / HTTP/1.1"},
        {"MethodHasNul", std::string("G\0T / HTTP/1.1", 14)},
        {"MethodIsVeryLong", std::string(33, 'A') + " / HTTP/1.1"},
        {"UnknownMethod", "BREW / HTTP/1.1", 501},
        {"MethodInLowerCase", "get / HTTP/1.1", 501},
        {"Connect", "CONNECT a:443 HTTP/1.1", 405},
        {"Trace", "TRACE / HTTP/1.1", 405},
        {"AbsoluteForm", "GET http://a/ HTTP/1.1"},
        {"AuthorityForm", "GET a:80 HTTP/1.1"},
        {"AsteriskOfAnotherMethod", "GET * HTTP/1.1"},
        {"NoSlash", "GET v1/models HTTP/1.1"},
        {"SpaceInTarget", "GET /a b HTTP/1.1"},
        {"TabInTarget", "GET /a\tb HTTP/1.1"},
        {"Fragment", "GET /a#b HTTP/1.1"},
        {"FragmentInQuery", "GET /a?b#c HTTP/1.1"},
        {"Backslash", "GET /a\\b HTTP/1.1"},
        {"BackslashInQuery", "GET /a?\\ HTTP/1.1"},
        {"Del", "GET /\x7f HTTP/1.1"},
        {"Control", "GET /\x01 HTTP/1.1"},
        {"Nul", std::string("GET /\0 HTTP/1.1", 15)},
        {"NotAscii", "GET /\xc3\xa9 HTTP/1.1"},
        {"BareCr", "GET /a\rb HTTP/1.1"},
        {"BareLf", "GET / HTTP/1.1\nX: y"},
        {"EscapedNul", "GET /%00 HTTP/1.1"},
        {"EscapedCr", "GET /%0d HTTP/1.1"},
        {"EscapedLf", "GET /%0A HTTP/1.1"},
        {"EscapedSlash", "GET /a%2fb HTTP/1.1"},
        {"EscapedSlashInCapitals", "GET /a%2Fb HTTP/1.1"},
        {"EscapedBackslash", "GET /a%5cb HTTP/1.1"},
        {"EscapedBackslashInCapitals", "GET /a%5Cb HTTP/1.1"},
        {"EscapeCutShort", "GET /% HTTP/1.1"},
        {"EscapeOfOneDigit", "GET /%2?x HTTP/1.1"},
        {"OldVersion", "GET / HTTP/0.9", 505},
        {"NextVersion", "GET / HTTP/1.2", 505},
        {"NewVersion", "GET / HTTP/2.0", 505},
        {"VersionWithoutMinor", "GET / HTTP/1"},
        {"VersionOfTwoDigits", "GET / HTTP/1.11"},
        {"VersionWithoutDot", "GET / HTTP/1,1"},
        {"VersionInLowerCase", "GET / http/1.1"},
        {"OtherProtocol", "GET / HTTPS/1.1"},
    }),
    NameOf);

class HeaderLinesTest : public ::testing::TestWithParam<RefusalCase> {};

TEST_P(HeaderLinesTest, AreRefused) {
  ExpectRefused(GetParam(), "POST / HTTP/1.1\r\nHost: a\r\n" + GetParam().text +
                                "\r\n\r\n");
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, HeaderLinesTest,
    ::testing::ValuesIn<RefusalCase>({
        {"NoColon", "abc"},
        {"NoName", ": abc"},
        {"SpaceBeforeColon", "X-A : b"},
        {"TabBeforeColon", "X-A\t: b"},
        {"SpaceBeforeName", " X-A: b"},
        {"Folded", "X-A: b\r\n c"},
        {"FoldedByTab", "X-A: b\r\n\tc: d"},
        {"Underscore", "Content_Length: 3"},
        {"NameIsNoToken", "X(a): b"},
        {"NameIsNotAscii", "X-\xc3\xa9: b"},
        {"NulInName", std::string("X\0A: b", 6)},
        {"NulInValue", std::string("X-A: \0", 6)},
        {"ControlInValue", "X-A: b\x07"},
        {"DelInValue", "X-A: \x7f"},
        {"BareCrInValue", "X-A: b\rc"},
        {"BareCrAtEnd", "X-A: b\r"},
        {"BareLf", "X-A: b\nX-B: c"},
        {"BareLfBeforeFraming", "X-A: b\nContent-Length: 5"},
        {"NameTooLong", std::string(kMaxHeaderNameBytes + 1, 'n') + ": v", 431},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Framing, HeaderLinesTest,
    ::testing::ValuesIn<RefusalCase>({
        {"TwoLengths", "Content-Length: 5\r\ncontent-length: 5"},
        {"LengthList", "Content-Length: 5, 5"},
        {"LengthWithPlus", "Content-Length: +5"},
        {"NegativeLength", "Content-Length: -5"},
        {"LengthWithLeadingZero", "Content-Length: 05"},
        {"HexLength", "Content-Length: 0x5"},
        {"LengthWithSpace", "Content-Length: 5 5"},
        {"EmptyLength", "Content-Length:"},
        {"LengthIsTooLarge", "Content-Length: 9007199254740993"},
        {"LengthOverflows", "Content-Length: 18446744073709551621"},
        {"Both", "Content-Length: 5\r\nTransfer-Encoding: chunked"},
        {"BothTheOtherWay", "Transfer-Encoding: chunked\r\nContent-Length: 0"},
        {"TwoEncodings",
         "Transfer-Encoding: chunked\r\n"
         "Transfer-Encoding: chunked"},
        {"ChunkedTwice", "Transfer-Encoding: chunked, chunked"},
        {"GzipChunked", "Transfer-Encoding: gzip, chunked"},
        {"ChunkedGzip", "Transfer-Encoding: chunked, gzip"},
        {"Identity", "Transfer-Encoding: identity"},
        {"UnknownEncoding", "Transfer-Encoding: cow"},
        {"EmptyEncoding", "Transfer-Encoding:"},
        {"EncodingParameter", "Transfer-Encoding: chunked;a=b"},
        {"EncodingInQuotes", "Transfer-Encoding: \"chunked\""},
        {"EncodingWithComma", "Transfer-Encoding: ,chunked"},
        {"EncodingCutShort", "Transfer-Encoding: chunke"},
        {"EncodingWithVerticalTab",
         "Transfer-Encoding: \x0b"
         "chunked"},
        {"SecondHost", "Host: a"},
        {"SecondAuthorization", "Authorization: a\r\nAuthorization: b"},
        {"SecondApiKey", "X-Api-Key: a\r\nx-api-key: b"},
        {"SecondGoogApiKey", "X-Goog-Api-Key: a\r\nx-goog-api-key: b"},
        {"Expectation", "Expect: 200-ok", 417},
        {"ExpectationList", "Expect: 100-continue, x", 417},
        {"NominatesHost", "Connection: host"},
        {"NominatesLength", "Connection: close, Content-Length"},
        {"NominatesEncoding", "Connection: TRANSFER-ENCODING"},
        {"NominatesAuthorization", "Connection: authorization"},
        {"NominatesApiKey", "Connection: x-api-key"},
        {"NominatesGoogApiKey", "Connection: x-goog-api-key"},
        {"NominatesContentType", "Connection: content-type"},
        {"NominatesContentCoding", "Connection: content-encoding"},
    }),
    NameOf);

class HostTest : public ::testing::TestWithParam<RefusalCase> {};

TEST_P(HostTest, IsRefused) {
  ExpectRefused(GetParam(),
                "GET / HTTP/1.1\r\nHost: " + GetParam().text + "\r\n\r\n");
}

INSTANTIATE_TEST_SUITE_P(Table, HostTest,
                         ::testing::ValuesIn<RefusalCase>({
                             {"Empty", ""},
                             {"List", "a, b"},
                             {"CommaAlone", "a,b"},
                             {"Space", "a b"},
                             {"UserInfo", "user@a"},
                             {"Path", "a/b"},
                             {"Query", "a?b"},
                             {"Fragment", "a#b"},
                             {"Backslash", "a\\b"},
                             {"Quote", "a\"b"},
                             {"NotAscii", "\xc3\xa9.example"},
                             {"PortIsNoNumber", "a:b"},
                             {"PortIsNegative", "a:-1"},
                             {"PortIsLong", "a:123456"},
                             {"TwoPorts", "a:80:90"},
                             {"PortAlone", ":80"},
                             {"AddressWithoutBrackets", "::1"},
                             {"BracketNeverCloses", "[::1"},
                             {"BracketNeverOpens", "::1]"},
                             {"BracketAlone", "["},
                             {"BracketsWithNothing", "[]"},
                             {"BracketsWithAName", "[gateway]"},
                             {"BracketInside", "a[b"},
                             {"BracketsInside", "a[::1]"},
                             {"TwoBrackets", "[::1]]"},
                             {"BehindBrackets", "[::1]a"},
                             {"BetweenBracketsAndPort", "[::1]a:80"},
                             {"BracketsWithBadPort", "[::1]:a"},
                         }),
                         NameOf);

class WholeRequestTest : public ::testing::TestWithParam<RefusalCase> {};

TEST_P(WholeRequestTest, IsRefused) {
  ExpectRefused(GetParam(), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Table, WholeRequestTest,
    ::testing::ValuesIn<RefusalCase>({
        {"NoHost", "GET / HTTP/1.1\r\nX: y\r\n\r\n"},
        {"NoHeaders", "GET / HTTP/1.1\r\n\r\n"},
        {"TwoHostsInTheOldVersion",
         "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"},
        {"BadHostInTheOldVersion", "GET / HTTP/1.0\r\nHost: a b\r\n\r\n"},
        {"EmptyHostInTheOldVersion", "GET / HTTP/1.0\r\nHost:\r\n\r\n"},
        {"OnlyLf", "GET / HTTP/1.1\nHost: a\n\n"},
        {"LfBetween", "GET / HTTP/1.1\nHost: a\r\n\r\n"},
        {"LfAtTheEnd", "GET / HTTP/1.1\r\nHost: a\r\n\n"},
        {"OnlyCr", "GET / HTTP/1.1\rHost: a\r\r"},
        {"BeginsWithLf", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"TlsHello", std::string("\x16\x03\x01\0\xa5\x01\0\0\xa1", 9)},
        {"ChunkedInTheOldVersion",
         "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"GetWithLength",
         "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n"},
        {"GetWithChunks",
         "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"HeadWithLength",
         "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n"},
        {"DeleteWithLength",
         "DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n"},
        {"OptionsWithChunks",
         "OPTIONS * HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"},
    }),
    NameOf);

TEST(RequestLimitTest, TooManyHeadersAreRefused) {
  std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (std::size_t i = 0; i < kMaxHeaders; ++i) bytes += "a: b\r\n";
  bytes += "\r\n";
  RequestHead head;
  EXPECT_EQ(ParseRequestHead(bytes, head).error.status, 431);
}

TEST(RequestLimitTest, AHeadIsNotWaitedForBeyondItsLimit) {
  const std::string line = "GET / HTTP/1.1\r\nHost: a\r\nx: ";
  std::string bytes = line + std::string(kMaxHeadBytes - line.size() - 1, 'y');
  RequestHead head;
  EXPECT_EQ(ParseRequestHead(bytes, head).state, ParseState::kIncomplete);
  bytes += 'y';
  EXPECT_EQ(ParseRequestHead(bytes, head).error.status, 431);
  // Nor taken when its end comes along.
  bytes += "yy\r\n\r\n";
  EXPECT_EQ(ParseRequestHead(bytes, head).error.status, 431);
}

}  // namespace
}  // namespace weir::dataplane::http1
