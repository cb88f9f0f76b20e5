#include <optional>

#include "common/config/yaml.h"
#include "gtest/gtest.h"

namespace weir::config {
namespace {

FieldLines SomeLines() {
  FieldLines lines;
  lines.Set("", 1);
  lines.Set("providers", 3);
  lines.Set("providers[0]", 4);
  lines.Set("providers[0].name", 5);
  lines.Set("providers[0].timeouts", 6);
  return lines;
}

TEST(FieldLinesTest, AFieldHasItsOwnLine) {
  EXPECT_EQ(SomeLines().Find("providers[0].name"), 5);
}

TEST(FieldLinesTest, AMissingFieldHasTheLineOfTheNearestAroundIt) {
  const FieldLines lines = SomeLines();
  EXPECT_EQ(lines.Find("providers[0].timeouts.fast"), 6);
  EXPECT_EQ(lines.Find("providers[0].base_url"), 4);
  EXPECT_EQ(lines.Find("providers[7].name"), 3);
  EXPECT_EQ(lines.Find("models[0].name"), 1);
}

TEST(FieldLinesTest, APrefixOfANameIsNotAroundIt) {
  EXPECT_EQ(SomeLines().Find("providers_too"), 1);
}

TEST(FieldLinesTest, AnEmptyFileHasNoLines) {
  EXPECT_EQ(FieldLines().Find("providers"), std::nullopt);
}

TEST(FieldLinesTest, TheLastSetStands) {
  FieldLines lines;
  lines.Set("a", 1);
  lines.Set("a", 2);
  EXPECT_EQ(lines.Find("a"), 2);
}

TEST(DescribeTest, NamesFileLineFieldAndFix) {
  EXPECT_EQ(Describe({{"providers[0].name", "is missing", "write a name"},
                      {"", "is odd", ""}},
                     SomeLines(), "weir.yaml"),
            "weir.yaml:5: providers[0].name: is missing; write a name\n"
            "weir.yaml:1: is odd");
}

TEST(DescribeTest, WithoutLinesThereIsOnlyTheFile) {
  EXPECT_EQ(Describe({{"a", "is wrong", "mend it"}}, FieldLines(), "weir.yaml"),
            "weir.yaml: a: is wrong; mend it");
}

TEST(DescribeTest, WithoutAFileThereIsOnlyTheField) {
  EXPECT_EQ(Describe({{"a", "is wrong", "mend it"}, {"b", "too", "and this"}}),
            "a: is wrong; mend it\nb: too; and this");
}

}  // namespace
}  // namespace weir::config
