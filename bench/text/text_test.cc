#include "bench/text/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "bench/text/json_text.h"

namespace weir::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CatTest, JoinsTextsAndNumbers) {
  const std::string owned = "b";
  EXPECT_EQ(Cat("a", owned, std::string_view("c"), absl::string_view("d"), -7,
                std::uint64_t{18446744073709551615U}, 0.5),
            "abcd-7184467440737095516150.5");
  EXPECT_EQ(Cat(), "");
}

TEST(CatTest, HexHasAtLeastItsDigits) {
  EXPECT_EQ(Cat(Hex{0}), "0");
  EXPECT_EQ(Cat(Hex{255}), "ff");
  EXPECT_EQ(Cat(Hex{255, 16}), "00000000000000ff");
  EXPECT_EQ(Cat(Hex{0xFFFFFFFFFFFFFFFF, 2}), "ffffffffffffffff");
}

TEST(TextTest, CaseIsIgnoredOnlyWhereItIsAsked) {
  EXPECT_TRUE(EqualsIgnoreCase("Content-Length", "content-lENGTH"));
  EXPECT_FALSE(EqualsIgnoreCase("a", "ab"));
  EXPECT_FALSE(EqualsIgnoreCase("[", "{"));
  EXPECT_EQ(ToLower("X-Api-KEY"), "x-api-key");
}

TEST(TextTest, StripTakesBlanksFromTheEnds) {
  EXPECT_EQ(Strip(" \ta b\t "), "a b");
  EXPECT_EQ(Strip(" \t"), "");
  EXPECT_EQ(Strip(""), "");
}

TEST(TextTest, APrefixIsConsumedOrLeft) {
  std::string_view rest = "Bearer key";
  EXPECT_FALSE(ConsumePrefix(rest, "bearer "));
  EXPECT_EQ(rest, "Bearer key");
  EXPECT_TRUE(ConsumePrefix(rest, "Bearer "));
  EXPECT_EQ(rest, "key");
}

TEST(TextTest, SplitLeavesEmptyPartsOut) {
  EXPECT_THAT(Split("a,,b,", ','), ElementsAre("a", "b"));
  EXPECT_THAT(Split(",", ','), IsEmpty());
  EXPECT_THAT(Split("", ','), IsEmpty());
}

TEST(TextTest, AnIntegerIsAllDigitsAndFits) {
  EXPECT_EQ(ParseInteger<int>("-12"), -12);
  EXPECT_EQ(ParseInteger<int>("ff", 16), 255);
  for (const char* wrong : {"", " 1", "1 ", "+1", "0x1", "99999999999"}) {
    EXPECT_EQ(ParseInteger<int>(wrong), std::nullopt) << wrong;
  }
  EXPECT_EQ(ParseInteger<std::uint16_t>("65536"), std::nullopt);
}

TEST(JsonTextTest, ControlCharactersAndQuotesAreEscaped) {
  EXPECT_EQ(JsonString("a\"b\\c\n\r\t\x01z"),
            "\"a\\\"b\\\\c\\n\\r\\t\\u0001z\"");
}

TEST(JsonTextTest, Utf8StaysAsItIs) {
  const std::string text = "\x7f \xc3\xa9 \xe2\x82\xac \xf0\x9f\x8c\x8a";
  EXPECT_EQ(JsonEscape(text), text);
}

// RFC 3629: continuation without a beginning, overlong, surrogate, cut short,
// beyond U+10FFFF.
TEST(JsonTextTest, WhatIsNoUtf8IsReplacedByteByByte) {
  EXPECT_EQ(JsonEscape("\x80"), "\\ufffd");
  EXPECT_EQ(JsonEscape("\xc0\xaf"), "\\ufffd\\ufffd");
  EXPECT_EQ(JsonEscape("\xed\xa0\x80"), "\\ufffd\\ufffd\\ufffd");
  EXPECT_EQ(JsonEscape("\xe2\x82"), "\\ufffd\\ufffd");
  EXPECT_EQ(JsonEscape("\xf4\x90\x80\x80"), "\\ufffd\\ufffd\\ufffd\\ufffd");
  EXPECT_EQ(JsonEscape("\xe2x"), "\\ufffdx");
}

}  // namespace
}  // namespace weir::text
