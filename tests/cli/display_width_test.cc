#include "cli/display_width.h"

#include <string>

#include "gtest/gtest.h"

namespace weir::cli {
namespace {

struct WidthCase {
  std::string text;
  int want;
};

class DisplayWidthTest : public ::testing::TestWithParam<WidthCase> {};

TEST_P(DisplayWidthTest, FollowsTheTable) {
  EXPECT_EQ(DisplayWidth(GetParam().text), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Table, DisplayWidthTest,
                         ::testing::ValuesIn<WidthCase>({
                             {"", 0},
                             {"abc", 3},
                             {"é", 1},
                             {"e\xCC\x81", 1},  // With a combining accent.
                             {"漢字", 4},
                             {"😀", 2},
                             {"…", 1},
                             {"\xFF\x80", 2},
                             {"\xE6\xBC", 2},
                         }));

TEST(CutToWidthTest, WhatFitsIsWhole) {
  EXPECT_EQ(CutToWidth("abc", 3), "abc");
  EXPECT_EQ(CutToWidth("漢字", 4), "漢字");
}

TEST(CutToWidthTest, WhatDoesNotFitEndsInAnEllipsis) {
  EXPECT_EQ(CutToWidth("abcd", 3), "ab…");
  EXPECT_EQ(CutToWidth("abcd", 1), "…");
}

TEST(CutToWidthTest, AWideLetterIsNotHalved) {
  EXPECT_EQ(CutToWidth("漢字", 3), "漢…");
  EXPECT_EQ(CutToWidth("漢字", 2), "…");
}

TEST(PrintableTest, NothingMovesTheCursor) {
  EXPECT_EQ(Printable("a\x1b[2Jb"), "a?[2Jb");
  EXPECT_EQ(Printable("a\r\nb\tc"), "a  b c");
  EXPECT_EQ(Printable("\x7F\xC2\x9B"), "??");
  EXPECT_EQ(Printable("漢é…"), "漢é…");
}

}  // namespace
}  // namespace weir::cli
