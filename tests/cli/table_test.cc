#include "cli/table.h"

#include "gtest/gtest.h"

namespace weir::cli {
namespace {

Table SomeTable() {
  Table table({{"NAME"}, {"SCORE", Align::kRight}, {"ERROR"}});
  table.AddRow({"relay", "100", ""});
  table.AddRow({"漢字の", "7", "reset"});
  return table;
}

TEST(TableTest, ColumnsLineUpByDisplayWidth) {
  EXPECT_EQ(SomeTable().Render(Paint::kPlain),
            "NAME    SCORE  ERROR\n"
            "relay     100  -\n"
            "漢字の      7  reset\n");
}

TEST(TableTest, WithoutRowsThereAreTheTitles) {
  EXPECT_EQ(Table({{"A"}, {"B"}}).Render(Paint::kPlain), "A  B\n");
}

TEST(TableTest, ColorsDoNotCountAsWidth) {
  Table table({{"STATE"}, {"NEXT"}});
  table.AddRow({{"ok", Color::kGreen}, "a"});
  table.AddRow({{"bad", Color::kRed}, {"b", Color::kYellow}});
  EXPECT_EQ(table.Render(Paint::kColors),
            "STATE  NEXT\n"
            "\x1b[32mok\x1b[0m     a\n"
            "\x1b[31mbad\x1b[0m    \x1b[33mb\x1b[0m\n");
}

TEST(TableTest, NoLineIsWiderThanTheTerminal) {
  EXPECT_EQ(SomeTable().Render(Paint::kPlain, 18),
            "NAME    SCORE  ER…\n"
            "relay     100  -\n"
            "漢字の      7  re…\n");
  EXPECT_EQ(SomeTable().Render(Paint::kPlain, 8),
            "NAME\n"
            "relay\n"
            "漢字の\n");
}

TEST(TableTest, ControlCharactersDoNotGetThrough) {
  Table table({{"ERROR"}});
  table.AddRow({"\x1b]0;gotcha\x07"});
  EXPECT_EQ(table.Render(Paint::kPlain), "ERROR\n?]0;gotcha?\n");
}

}  // namespace
}  // namespace weir::cli
