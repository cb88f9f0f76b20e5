#include "common/dialect/json_writer.h"

#include <cstdint>
#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace weir::dialect {
namespace {

TEST(JsonWriterTest, SeparatesMembersAndElements) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject().Key("a").Number(1).Key("b").BeginArray();
  json.String("x").Null().Bool(true).BeginObject().EndObject();
  json.EndArray().Key("c").BeginArray().EndArray().Key("d").Raw("{\"e\":2}");
  json.EndObject();
  EXPECT_EQ(out, R"({"a":1,"b":["x",null,true,{}],"c":[],"d":{"e":2}})");
}

TEST(JsonWriterTest, AppendsBehindWhatThereIs) {
  std::string out = "data: ";
  JsonWriter(out).BeginObject().EndObject();
  out += "\n\n";
  EXPECT_EQ(out, "data: {}\n\n");
}

TEST(JsonWriterTest, PutsMembersThatAreWrittenAlreadyBetweenOthers) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject().RawMembers("").Key("a").Number(1);
  json.RawMembers(R"("b":2,"c":3)").RawMembers("").EndObject();
  EXPECT_EQ(out, R"({"a":1,"b":2,"c":3})");
}

TEST(JsonWriterTest, WritesNumbersThatReadBackAsTheSame) {
  std::string out;
  JsonWriter json(out);
  json.BeginArray().Number(std::numeric_limits<std::uint64_t>::max());
  json.Number(std::numeric_limits<std::int64_t>::min());
  json.Decimal(0.1).Decimal(-2.2250738585072014e-308).Decimal(3).EndArray();
  EXPECT_EQ(out,
            "[18446744073709551615,-9223372036854775808,0.1,"
            "-2.2250738585072014e-308,3]");
}

TEST(JsonWriterTest, EscapesStrings) {
  std::string out;
  JsonWriter(out).String("say \"hi\"\n\x80");
  EXPECT_EQ(out, "\"say \\\"hi\\\"\\n\uFFFD\"");
}

}  // namespace
}  // namespace weir::dialect
