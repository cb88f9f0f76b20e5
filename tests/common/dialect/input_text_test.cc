#include "common/dialect/responses/input_text.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dialect {
namespace {

struct InputTextCase {
  const char* name;
  std::string_view json;
  std::string_view want;
};

class InputTextTest : public ::testing::TestWithParam<InputTextCase> {};

TEST_P(InputTextTest, IsTheSameHoweverItIsCut) {
  const std::string_view json = GetParam().json;
  for (std::size_t cut = 0; cut <= json.size(); ++cut) {
    InputText input;
    std::string text;
    input.Feed(json.substr(0, cut), text);
    input.Feed(json.substr(cut), text);
    EXPECT_EQ(text, GetParam().want) << cut;
    EXPECT_TRUE(input.found()) << cut;
  }
  InputText input;
  std::string text;
  for (const char c : json) input.Feed({&c, 1}, text);
  EXPECT_EQ(text, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, InputTextTest,
    ::testing::ValuesIn<InputTextCase>({
        {"Plain", R"({"input":"abc"})", "abc"},
        {"Empty", R"({"input":""})", ""},
        {"Blanks", "{ \"input\" :\n \"a b\" }", "a b"},
        {"Escapes", R"({"input":"\"\\\/\b\f\n\r\t"})", "\"\\/\b\f\n\r\t"},
        {"EscapedLetters", R"({"input":"\u0041\u00e4\u20AC"})",
         "A\u00e4\u20ac"},
        {"PairOfHalves", R"({"input":"\ud83d\ude00!"})", "\U0001F600!"},
        {"HalfAlone", R"({"input":"\ud83d!"})", "\uFFFD!"},
        {"HalfAtTheEnd", R"({"input":"a\ud83d"})", "a\uFFFD"},
        {"SecondHalfAlone", R"({"input":"\ude00"})", "\uFFFD"},
        {"HalfBeforeALetter", R"({"input":"\ud83d\n"})", "\uFFFD\n"},
        {"Utf8", "{\"input\":\"\u00e4\u20ac\"}", "\u00e4\u20ac"},
        {"BehindOthers",
         R"({"a":"x\"y","b":[{"input":"no"},"}"],"c":1,"input":"yes"})", "yes"},
        {"OthersBehind", R"({"input":"yes","b":{"input":"no"}})", "yes"},
        {"OnlyTheFirst", R"({"input":"yes","input":"no"})", "yes"},
        {"NamesThatBeginAlike", R"({"input2":"no","inpu":"no","input":"yes"})",
         "yes"},
    }),
    [](const auto& test) { return test.param.name; });

TEST(InputTextAbsentTest, SaysThatThereIsNone) {
  for (const std::string_view json :
       {"", "{}", "[]", R"({"patch":"a"})", R"({"input":7})",
        R"({"input":{"input":"a"}})", R"("input")"}) {
    InputText input;
    std::string text;
    input.Feed(json, text);
    EXPECT_FALSE(input.found()) << json;
    EXPECT_EQ(text, "") << json;
  }
}

}  // namespace
}  // namespace weir::dialect
