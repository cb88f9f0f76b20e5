#include "tests/simprovider/dialect/sample.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::simprovider {
namespace {

struct SchemaCase {
  std::string name;
  std::string schema;
  std::string sample;
};

class SampleTest : public ::testing::TestWithParam<SchemaCase> {};

TEST_P(SampleTest, FitsTheSchema) {
  simdjson::dom::parser parser;
  EXPECT_EQ(SampleOf(parser.parse(simdjson::padded_string(GetParam().schema))),
            GetParam().sample);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SampleTest,
    ::testing::ValuesIn<SchemaCase>({
        {"Nothing", "{}", "{}"},
        {"String", R"({"type":"string"})", R"("text")"},
        {"GeminisCapitals", R"({"type":"STRING"})", R"("text")"},
        {"Integer", R"({"type":"integer"})", "1"},
        {"Minimum", R"({"type":"number","minimum":2.5})", "2.5"},
        {"Maximum", R"({"type":"integer","maximum":-3})", "-3"},
        {"Boolean", R"({"type":"boolean"})", "true"},
        {"Null", R"({"type":"null"})", "null"},
        {"NullableString", R"({"type":["null","string"]})", R"("text")"},
        {"Enum", R"({"type":"string","enum":["C","F"]})", R"("C")"},
        {"Const", R"({"const":{"a":1}})", R"({"a":1})"},
        {"Default", R"({"type":"integer","default":7})", "7"},
        {"Array", R"({"type":"array","items":{"type":"integer"}})", "[1]"},
        {"ArrayOfAnything", R"({"type":"array"})", "[]"},
        {"AnyOf", R"({"anyOf":[{"type":"boolean"},{"type":"null"}]})", "true"},
        {"RequiredOnly",
         R"({"type":"object","properties":{"a":{"type":"integer"},)"
         R"("b":{"type":"string"}},"required":["b"]})",
         R"({"b":"text"})"},
        {"AllWithoutRequired",
         R"({"type":"object","properties":{"a":{"type":"integer"},)"
         R"("b":{"type":"string"}}})",
         R"({"a":1,"b":"text"})"},
        {"RequiredButUndescribed",
         R"({"type":"object","properties":{},"required":["x"]})", "{}"},
        {"Reference",
         R"({"type":"object","properties":{"a":{"$ref":"#/$defs/b"}},)"
         R"("$defs":{"b":{"type":"integer"}}})",
         R"({"a":1})"},
    }),
    [](const auto& tested) { return tested.param.name; });

TEST(SampleDepthTest, ASchemaThatContainsItselfEnds) {
  simdjson::dom::parser parser;
  const std::string sample =
      SampleOf(parser.parse(simdjson::padded_string(std::string_view(
          R"({"type":"object","properties":{"next":{"$ref":"#"}}})"))));
  EXPECT_TRUE(sample.starts_with(R"({"next":{"next":)"));
  EXPECT_LT(sample.size(), 1000U);
}

}  // namespace
}  // namespace weir::simprovider
