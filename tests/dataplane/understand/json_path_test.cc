#include "dataplane/understand/json_path.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

struct PathCase {
  std::string name;
  std::string json;
  std::string want;
};

class JsonPathTest : public ::testing::TestWithParam<PathCase> {};

// The place is that of the `@`.
TEST_P(JsonPathTest, NamesKeysAndPositions) {
  const std::string& json = GetParam().json;
  const std::size_t offset = json.find('@');
  ASSERT_NE(offset, std::string::npos);
  EXPECT_EQ(PathAt(json, offset), GetParam().want);
}

std::string Nested(int levels) {
  std::string json;
  for (int i = 0; i < levels; ++i) json += R"({"a":)";
  return json + "@";
}

INSTANTIATE_TEST_SUITE_P(
    Table, JsonPathTest,
    ::testing::ValuesIn<PathCase>({
        {"Root", "@", ""},
        {"Member", R"({"a":1,"b":@)", "b"},
        {"Item", R"({"a":[1,{},@)", "a[2]"},
        {"BehindWhatIsClosed", R"({"a":[{"x":[1,2]},{"y":@)", "a[1].y"},
        {"BracketsInText", R"({"a":"{[,:\"","b":@)", "b"},
        {"EscapedKey", R"({"a\"b":@)", R"(a\"b)"},
        {"ListOfLists", R"([[0,@)", "[0][1]"},
        {"LongKey", R"({")" + std::string(99, 'k') + R"(":@)",
         std::string(64, 'k')},
        {"AsManyStepsAsAreShown", Nested(12), "a.a.a.a.a.a.a.a.a.a.a.a"},
        {"More", Nested(13), "a.a.a.a.a.a.a.a.a.a.a.a..."},
    }),
    [](const auto& test) { return test.param.name; });

TEST(JsonPathTest, TextThatEndsWithinAStringHasAPathToo) {
  EXPECT_EQ(PathAt(R"({"a":[{"b)", 9), "a[0].");
  EXPECT_EQ(PathAt(R"({"a":[{")", 8), "a[0].");
}

}  // namespace
}  // namespace weir::dataplane
