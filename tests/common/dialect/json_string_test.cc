#include <simdjson.h>

#include <string>

#include "common/dialect/dialect.h"
#include "gtest/gtest.h"

namespace weir::dialect {
namespace {

struct StringCase {
  std::string name;
  std::string text;
  std::string want;
};

class JsonStringTest : public ::testing::TestWithParam<StringCase> {};

TEST_P(JsonStringTest, FollowsTheTable) {
  EXPECT_EQ(JsonString(GetParam().text), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, JsonStringTest,
    ::testing::ValuesIn<StringCase>({
        {"Empty", "", "\"\""},
        {"Plain", "gpt-4.1", "\"gpt-4.1\""},
        {"Quotes", "say \"hi\" \\o/", R"("say \"hi\" \\o/")"},
        {"WhiteSpace", "a\r\n\tb", R"("a\r\n\tb")"},
        {"Controls", std::string("\0\x01\x1F\x7F", 4),
         R"("\u0000\u0001\u001f\u007f")"},
        {"TwoBytes", "é", "\"é\""},
        {"ThreeBytes", "漢", "\"漢\""},
        {"FourBytes", "😀", "\"😀\""},
        {"LoneTail", "a\x80z", "\"a\uFFFDz\""},
        {"CutShort", "a\xE6\xBC", "\"a\uFFFD\uFFFD\""},
        {"Overlong", "\xC0\xAF", "\"\uFFFD\uFFFD\""},
        {"OverlongThree", "\xE0\x80\xAF", "\"\uFFFD\uFFFD\uFFFD\""},
        {"Surrogate", "\xED\xA0\x80", "\"\uFFFD\uFFFD\uFFFD\""},
        {"AboveUnicode", "\xF4\x90\x80\x80", "\"\uFFFD\uFFFD\uFFFD\uFFFD\""},
        {"NeverInUtf8", "\xFF\xFE", "\"\uFFFD\uFFFD\""},
        {"QuoteAfterBrokenStart", "\xE6\"", "\"\uFFFD\\\"\""},
    }),
    [](const auto& test) { return test.param.name; });

TEST(JsonStringTest, AnyTwoBytesGiveValidJson) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(first),
                                static_cast<char>(second)};
      simdjson::dom::parser parser;
      ASSERT_EQ(parser.parse(JsonString(text)).error(), simdjson::SUCCESS)
          << first << ' ' << second;
    }
  }
}

}  // namespace
}  // namespace weir::dialect
