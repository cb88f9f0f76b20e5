#include "dataplane/http1/chunked.h"

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"

namespace weir::dataplane::http1 {
namespace {

using State = ChunkedDecoder::State;

struct Decoded {
  State state = State::kMore;
  std::string body;
  std::size_t consumed = 0;

  friend bool operator==(const Decoded&, const Decoded&) = default;
};

std::ostream& operator<<(std::ostream& out, const Decoded& decoded) {
  return out << "state " << static_cast<int>(decoded.state) << ", "
             << decoded.consumed << " bytes, body `" << decoded.body << "`";
}

Decoded Decode(const std::vector<std::string_view>& pieces) {
  ChunkedDecoder decoder;
  Decoded decoded;
  for (std::string_view piece : pieces) {
    while (decoded.state == State::kMore && !piece.empty()) {
      const ChunkedDecoder::Step step = decoder.Next(piece);
      EXPECT_GT(step.consumed, 0U);
      EXPECT_LE(step.consumed, piece.size());
      decoded.state = step.state;
      decoded.body += step.data;
      decoded.consumed += step.consumed;
      piece.remove_prefix(std::min(piece.size(), step.consumed));
    }
  }
  return decoded;
}

// The same, however the bytes are divided into two or three pieces, or into
// single bytes.
void ExpectHoweverDivided(const std::string& text, const Decoded& want) {
  const std::string_view bytes = text;
  std::vector<std::string_view> single;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    single.push_back(bytes.substr(i, 1));
    for (std::size_t k = i; k <= bytes.size(); ++k) {
      EXPECT_EQ(
          Decode({bytes.substr(0, i), bytes.substr(i, k - i), bytes.substr(k)}),
          want)
          << text << " divided at " << i << " and " << k;
    }
  }
  EXPECT_EQ(Decode(single), want) << text << " byte by byte";
}

struct ChunkedCase {
  std::string name;
  std::string text;
  std::string body;
  // Behind the end of the body.
  std::size_t left = 0;
};

std::string NameOfProblem(const ::testing::TestParamInfo<ChunkedCase>& info) {
  return info.param.name;
}

class WholeBodyTest : public ::testing::TestWithParam<ChunkedCase> {};

TEST_P(WholeBodyTest, IsReadHoweverDivided) {
  ExpectHoweverDivided(GetParam().text,
                       {State::kDone, GetParam().body,
                        GetParam().text.size() - GetParam().left});
}

TEST_P(WholeBodyTest, NoPartOfItIsWhole) {
  const std::string_view text = GetParam().text;
  for (std::size_t size = 0; size < text.size() - GetParam().left; ++size) {
    const Decoded decoded = Decode({text.substr(0, size)});
    EXPECT_EQ(decoded.state, State::kMore) << size;
    EXPECT_EQ(decoded.consumed, size);
    EXPECT_TRUE(GetParam().body.starts_with(decoded.body));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, WholeBodyTest,
    ::testing::ValuesIn<ChunkedCase>({
        {"Empty", "0\r\n\r\n", ""},
        {"One", "5\r\nhello\r\n0\r\n\r\n", "hello"},
        {"Several", "1\r\na\r\n2\r\nbc\r\n003\r\ndef\r\n0\r\n\r\n", "abcdef"},
        {"HexInBothCases", "a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n",
         "01234567890123456789a"},
        {"FramingInTheData", "9\r\n\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n",
         "\r\n0\r\n\r\n\r\n"},
        {"FifteenDigits", "000000000000001\r\na\r\n000000000000000\r\n\r\n",
         "a"},
        {"Trailers", "1\r\na\r\n0\r\nx-sum: 1\r\nx-b:\r\n\r\n", "a"},
        {"TrailerInUtf8", "0\r\nx-a: \xc3\xa9\t.\r\n\r\n", ""},
        {"NameOfATrailerIsLong", "0\r\n" + std::string(40, 'n') + ": v\r\n\r\n",
         ""},
        {"ANextRequest", "1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\n", "a", 16},
        {"ANextChunk", "0\r\n\r\n0\r\n\r\n", "", 5},
    }),
    NameOfProblem);

class BadBodyTest : public ::testing::TestWithParam<ChunkedCase> {};

TEST_P(BadBodyTest, IsRefusedHoweverDivided) {
  const std::string& text = GetParam().text;
  ExpectHoweverDivided(
      text, {State::kBad, GetParam().body, text.size() - GetParam().left});
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadBodyTest,
    ::testing::ValuesIn<ChunkedCase>({
        {"NoSize", "\r\n", "", 1},
        {"NotHex", "g\r\n", "", 2},
        {"Space", " 5\r\n", "", 3},
        {"SpaceBehind", "5 \r\n", "", 2},
        {"Plus", "+5\r\n", "", 3},
        {"Minus", "-5\r\n", "", 3},
        {"HexPrefix", "0x5\r\n", "", 3},
        {"Underscore", "1_0\r\n", "", 3},
        {"SixteenDigits", "0000000000000001\r\n", "", 2},
        {"Overflow", "ffffffffffffffff1\r\n", "", 3},
        {"Extension", "5;a=b\r\nhello\r\n", "", 12},
        {"QuotedExtension", "5;a=\"\n\"\r\n", "", 7},
        {"BareLfBehindSize", "5\nhello", "", 5},
        {"BareCrBehindSize", "5\rhello", "", 4},
        {"CrLfTwice", "5\r\r\n", "", 1},
        {"DataTooLong", "1\r\nab\r\n", "a", 2},
        {"BareLfBehindData", "1\r\na\n0\r\n\r\n", "a", 5},
        {"BareCrBehindData", "1\r\na\r0\r\n\r\n", "a", 4},
        {"NothingBehindData", "1\r\na0\r\n\r\n", "a", 4},
        {"BareLfAtTheEnd", "0\r\n\n", "", 0},
        {"BareCrAtTheEnd", "0\r\n\rX", "", 0},
        {"TrailerWithoutColon", "0\r\nabc\r\n", "", 1},
        {"TrailerWithoutName", "0\r\n: a\r\n", "", 4},
        {"TrailerFolded", "0\r\nx: a\r\n b\r\n", "", 3},
        {"TrailerWithSpaceBeforeColon", "0\r\nx : a\r\n", "", 5},
        {"TrailerWithBareLf", "0\r\nx: a\nb\r\n", "", 3},
        {"TrailerWithBareCr", "0\r\nx: a\rb", "", 0},
        {"TrailerWithNul", std::string("0\r\nx: \0", 7), "", 0},
    }),
    NameOfProblem);

class ForbiddenTrailerTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ForbiddenTrailerTest, IsRefused) {
  const std::string text = "0\r\n" + GetParam() + ":";
  EXPECT_EQ(Decode({text}), (Decoded{State::kBad, "", text.size()}));
}

INSTANTIATE_TEST_SUITE_P(
    List, ForbiddenTrailerTest,
    ::testing::Values("content-length", "Content-Length", "TRANSFER-ENCODING",
                      "host", "connection", "te", "trailer", "upgrade",
                      "keep-alive", "expect", "authorization", "x-api-key",
                      "proxy-authorization", "cookie", "set-cookie", "api-key",
                      "x-goog-api-key", "content-type", "x-weir-provider"));

TEST(TrailerLimitTest, EightKibibytesAreTheMost) {
  const std::string line = "x: " + std::string(1020, 'y') + "\r\n";
  std::string text = "0\r\n";
  // Each line counts without its LF: 1024 bytes.
  for (int i = 0; i < 8; ++i) text += line;
  EXPECT_EQ(Decode({text + "\r\n"}).state, State::kDone);
  EXPECT_EQ(Decode({text + "x"}).state, State::kBad);
}

TEST(ChunkedDecoderTest, DataIsNotCopied) {
  const std::string text = "5\r\nhello\r\n0\r\n\r\n";
  ChunkedDecoder decoder;
  const ChunkedDecoder::Step step = decoder.Next(text);
  EXPECT_EQ(step.data.data(), text.data() + 3);
  EXPECT_EQ(step.data, "hello");
}

TEST(ChunkedDecoderTest, OneWholeChunkIsTakenAtOnce) {
  struct Case {
    const char* input;
    const char* data;
  };
  constexpr Case kCases[] = {
      {"5\r\nhello\r\n", "hello"},
      {"0005\r\nhello\r\n", "hello"},
      {"A\r\n0123456789\r\n", "0123456789"},
      // Not all of it, or more than it, or no data.
      {"", ""},
      {"5", ""},
      {"5\r\n", ""},
      {"5\r\nhello", ""},
      {"5\r\nhello\r", ""},
      {"5\r\nhello\r\n1", ""},
      {"5\r\nhello\r\n1\r\nx\r\n", ""},
      {"0\r\n\r\n", ""},
      // Bad.
      {"5\nhello\r\n", ""},
      {"5;a=b\r\nhello\r\n", ""},
      {"5\r\nhello\n\n", ""},
      {"-5\r\nhello\r\n", ""},
      {"\r\n\r\n", ""},
      {"fffffffffffffff\r\nhello\r\n", ""},
      {"0000000000000005\r\nhello\r\n", ""},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(ChunkedDecoder().TakeWhole(c.input), c.data) << c.input;
  }
  // In the middle of another one.
  ChunkedDecoder decoder;
  decoder.Next("c\r\n5");
  EXPECT_EQ(decoder.TakeWhole("5\r\nhello\r\n"), "");
}

TEST(ChunkedDecoderTest, WhatIsWholeStaysWhole) {
  ChunkedDecoder decoder;
  EXPECT_EQ(decoder.Next("0\r\n\r\n").state, State::kDone);
  const ChunkedDecoder::Step step = decoder.Next("more");
  EXPECT_EQ(step.state, State::kDone);
  EXPECT_EQ(step.consumed, 0U);
}

TEST(ChunkSizeLineTest, IsHexWithoutLeadingZeros) {
  EXPECT_EQ(ChunkSizeLine(0).text(), "0\r\n");
  EXPECT_EQ(ChunkSizeLine(9).text(), "9\r\n");
  EXPECT_EQ(ChunkSizeLine(10).text(), "a\r\n");
  EXPECT_EQ(ChunkSizeLine(16).text(), "10\r\n");
  EXPECT_EQ(ChunkSizeLine(65536).text(), "10000\r\n");
  EXPECT_EQ(ChunkSizeLine(~std::size_t{0}).text(), "ffffffffffffffff\r\n");
}

}  // namespace
}  // namespace weir::dataplane::http1
