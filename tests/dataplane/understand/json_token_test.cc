#include "dataplane/understand/json_token.h"

#include <simdjson.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dataplane/understand/json_structure.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;

TEST(IsNumberTest, FollowsTheGrammar) {
  for (const std::string_view good :
       {"0", "-0", "7", "10", "-12", "0.5", "0.0", "-0.0", "12.340", "1e5",
        "1E5", "1e+5", "1e-5", "1.5e10", "0e0", "-1.0E-00", "1e999",
        "123456789012345678901234567890", "0.00000000000000000000000000001"}) {
    EXPECT_TRUE(IsNumber(good)) << good;
    EXPECT_TRUE(IsScalar(good)) << good;
  }
  for (const std::string_view bad :
       {"",          "-",     "+1",    "--1",   "00",          "01",
        "-01",       ".5",    "-.5",   "5.",    "5.e1",        "1e",
        "1e+",       "1e+-1", "1ee1",  "1e1.5", "1 ",          " 1",
        "1a",        "0x1",   "1,0",   "1_0",   "NaN",         "Infinity",
        "-Infinity", "inf",   "1e1e1", "1.2.3", "\xef\xbc\x91"}) {
    EXPECT_FALSE(IsNumber(bad)) << bad;
    EXPECT_FALSE(IsScalar(bad)) << bad;
  }
}

TEST(IsScalarTest, ThreeWordsAreOne) {
  for (const std::string_view good : {"true", "false", "null"}) {
    EXPECT_TRUE(IsScalar(good));
    EXPECT_FALSE(IsNumber(good));
  }
  for (const std::string_view bad :
       {"True", "TRUE", "tru", "truee", "nul", "nulll", "fals", "falsey",
        "undefined", "nil", "\"\"", "{}", "t", "'a'"}) {
    EXPECT_FALSE(IsScalar(bad)) << bad;
  }
}

TEST(TrimTokenTest, TakesJsonsWhiteSpaceOffTheEnd) {
  EXPECT_EQ(TrimToken("1 \t\r\n"), "1");
  EXPECT_EQ(TrimToken(" 1"), " 1");
  EXPECT_EQ(TrimToken("1\f"), "1\f");
  EXPECT_EQ(TrimToken("1\xc2\xa0"), "1\xc2\xa0");
  EXPECT_EQ(TrimToken(" \n"), "");
  EXPECT_EQ(TrimToken(""), "");
}

TEST(HasValidEscapesTest, FollowsTheGrammar) {
  for (const std::string_view good :
       {"", "plain", R"(\")", R"(\\)", R"(\/\b\f\n\r\t)", R"(\u0000)",
        R"(\uabCD)", R"(\uD83D\uDE00)", R"(\ud800)", R"(\\u)", R"(\\x)",
        R"(a\\\"b)"}) {
    EXPECT_TRUE(HasValidEscapes(good)) << good;
  }
  for (const std::string_view bad :
       {R"(\)",      R"(a\)",         R"(\\\)",   R"(\x41)",   R"(\0)",
        R"(\a)",     R"(\v)",         R"(\')",    R"(\U0041)", R"(\u)",
        R"(\u1)",    R"(\u12)",       R"(\u123)", R"(\u123g)", R"(\u+123)",
        R"(\u 123)", R"(\u00\u0041)", R"(\ )",    "\\\n",      "\\\xc3\xa9"}) {
    EXPECT_FALSE(HasValidEscapes(bad)) << bad;
  }
}

struct UnescapeCase {
  std::string_view text;
  std::string want;
};

TEST(UnescapeTest, FollowsTheTable) {
  const std::vector<UnescapeCase> cases = {
      {"", ""},
      {"gpt-4.1", "gpt-4.1"},
      {R"(\"\\\/\b\f\n\r\t)", "\"\\/\b\f\n\r\t"},
      {R"(a\u0041b)", "aAb"},
      {R"(\u0000)", std::string(1, '\0')},
      {R"(\u007f\u0080)", "\x7f\xc2\x80"},
      {R"(\u00e9\u07ff\u0800)", "\u00e9\u07ff\u0800"},
      {R"(\uFFFF)", "\xef\xbf\xbf"},
      {R"(\ud83d\ude00)", "\U0001F600"},
      {R"(\ud800\udc00\udbff\udfff)", "\U00010000\U0010FFFF"},
      // Halves of pairs: each becomes one replacement character.
      {R"(\ud83d)", "\uFFFD"},
      {R"(\ude00)", "\uFFFD"},
      {R"(\ud83dx)", "\uFFFDx"},
      {R"(\ud83d\n)", "\uFFFD\n"},
      {R"(\ud83d\\ude00)", "\uFFFD\\ude00"},
      {R"(\ud83d\u0041)", "\uFFFDA"},
      {R"(\ud83d\ud83d\ude00)", "\uFFFD\U0001F600"},
      {R"(\ude00\ud83d)", "\uFFFD\uFFFD"},
      {R"(\\u0041)", R"(\u0041)"},
      {"\u00e9\U0001F600", "\u00e9\U0001F600"},
  };
  for (const UnescapeCase& c : cases) {
    ASSERT_TRUE(HasValidEscapes(c.text)) << c.text;
    EXPECT_EQ(Unescape(c.text), c.want) << c.text;
  }
}

TEST(JsonStructureTest, TokensStandWhereTheyBegin) {
  JsonStructure structure;
  const auto found = structure.Find(R"( {"a{,":[1,-2 ,true]} )");
  ASSERT_TRUE(std::holds_alternative<JsonStructure::Tokens>(found));
  EXPECT_THAT(std::get<JsonStructure::Tokens>(found),
              ElementsAre(1, 2, 7, 8, 9, 10, 11, 14, 15, 19, 20));
}

TEST(JsonStructureTest, MemoryFollowsTheLargestText) {
  JsonStructure structure;
  for (const std::size_t size : {std::size_t{1}, std::size_t{100'000},
                                 std::size_t{10}, std::size_t{300'000}}) {
    const std::string text = "[" + std::string(size, ' ') + "]";
    const auto found = structure.Find(text);
    ASSERT_TRUE(std::holds_alternative<JsonStructure::Tokens>(found)) << size;
    EXPECT_THAT(std::get<JsonStructure::Tokens>(found),
                ElementsAre(0, size + 1));
  }
}

TEST(JsonStructureTest, WhatIsNoTextIsAnError) {
  JsonStructure structure;
  using simdjson::error_code;
  EXPECT_EQ(std::get<error_code>(structure.Find("")), simdjson::EMPTY);
  EXPECT_EQ(std::get<error_code>(structure.Find(" \n")), simdjson::EMPTY);
  EXPECT_EQ(std::get<error_code>(structure.Find("[\"a")),
            simdjson::UNCLOSED_STRING);
  EXPECT_EQ(std::get<error_code>(structure.Find("[\"\xff\"]")),
            simdjson::UTF8_ERROR);
  EXPECT_EQ(std::get<error_code>(structure.Find("[\"\n\"]")),
            simdjson::UNESCAPED_CHARS);
}

}  // namespace
}  // namespace weir::dataplane
