#include "dataplane/relay/key_search.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

struct SearchCase {
  std::string name;
  std::string text;
  bool found;
};

class KeySearchTest : public ::testing::TestWithParam<SearchCase> {};

TEST_P(KeySearchTest, WhateverTheDivision) {
  const std::string_view text = GetParam().text;
  for (std::size_t size = 1; size <= text.size(); ++size) {
    KeySearch search(R"("end")");
    bool found = false;
    for (std::size_t at = 0; at < text.size(); at += size) {
      found = search.Feed(text.substr(at, size));
    }
    EXPECT_EQ(found, GetParam().found) << "in pieces of " << size;
  }
}

INSTANTIATE_TEST_SUITE_P(
    , KeySearchTest,
    ::testing::Values(
        SearchCase{"Member", R"({"end":1})", true},
        SearchCase{"BlanksBefore", "{\"end\" \t\r\n:1}", true},
        // Nobody writes this; a limit would make it depend on the division.
        SearchCase{"ManyBlanks", "\"end\"" + std::string(100, ' ') + ":", true},
        SearchCase{"Value", R"({"a":"end","b":1})", false},
        SearchCase{"ValueThenMember", R"(["end","end"] {"end" :1})", true},
        SearchCase{"Escaped", R"({"a":"\"end\":"})", false},
        SearchCase{"LongerName", R"({"ends":1,"bend":2})", false},
        SearchCase{"NoColonYet", R"({"end"   )", false},
        SearchCase{"AnotherValueBehind", R"({"a":"end"  , "b":1})", false}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::dataplane
