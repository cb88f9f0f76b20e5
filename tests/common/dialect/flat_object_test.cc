#include "common/dialect/canonical/flat_object.h"

#include <simdjson.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace weir::dialect::canonical {
namespace {

// As JSON without blanks, texts as `"..."`.
std::string Shown(const FlatObject& object) {
  std::string shown = "{";
  for (const auto& [name, value] : object) {
    absl::StrAppend(&shown, shown.size() > 1 ? "," : "", "\"",
                    std::string(name), "\":");
    switch (value.kind) {
      case FlatValue::Kind::kNumber:
        absl::StrAppend(&shown, value.number);
        break;
      case FlatValue::Kind::kNull:
        absl::StrAppend(&shown, "null");
        break;
      case FlatValue::Kind::kObject:
        absl::StrAppend(&shown, Shown(value.members));
        break;
      case FlatValue::Kind::kText:
        absl::StrAppend(&shown, "\"...\"");
        break;
    }
  }
  return shown + "}";
}

std::string ReadAndShow(std::string_view text, FlatReader& reader) {
  const std::optional<FlatObject> object = reader.Read(text);
  return object.has_value() ? Shown(*object) : "not read";
}

std::string ReadAndShow(std::string_view text) {
  FlatReader reader;
  return ReadAndShow(text, reader);
}

TEST(FlatReaderTest, ReadsWhatCountsAreWrittenIn) {
  EXPECT_EQ(ReadAndShow("{}"), "{}");
  EXPECT_EQ(ReadAndShow(R"({"a":0,"b":12,"c":null})"),
            R"({"a":0,"b":12,"c":null})");
  EXPECT_EQ(ReadAndShow("\n{ \"a\" :\t1 ,\r\n\"b\": { } } and more"),
            R"({"a":1,"b":{}})");
  EXPECT_EQ(ReadAndShow(R"({"a":{"b":{"c":1},"d":2},"e":"text","f":3})"),
            R"({"a":{"b":{"c":1},"d":2},"e":"...","f":3})");
  EXPECT_EQ(ReadAndShow(R"({"a":123456789012345678})"),
            R"({"a":123456789012345678})");
}

TEST(FlatReaderTest, LeavesTheRestToAParser) {
  for (const std::string_view text :
       {R"({"a":-1})", R"({"a":1.5})", R"({"a":1e3})", R"({"a":true})",
        R"({"a":[1]})", R"({"a\n":1})", R"({"a":"\""})", "{\"\xc3\xa4\":1}",
        R"({"a":1234567890123456789})", R"({"a":{"b":{"c":{}}}})"}) {
    EXPECT_EQ(ReadAndShow(text), "not read") << text;
  }
  std::string many = "{\"first\":1";
  for (int i = 0; i < 48; ++i) absl::StrAppend(&many, ",\"", i, "\":", i);
  EXPECT_EQ(ReadAndShow(many + "}"), "not read");
}

TEST(FlatReaderTest, RefusesWhatIsNoJson) {
  for (const std::string_view text :
       {"", " ", "[]", "7", R"({"a":01})", R"({"a":1,})", R"({,"a":1})",
        R"({"a" 1})", R"({"a":})", R"({"a":nul})", R"({a:1})",
        R"({"a":1 "b":2})", "{\"a\x01\":1}", R"({"a":1]})", R"({"a":+1})"}) {
    EXPECT_EQ(ReadAndShow(text), "not read") << text;
  }
}

// Every prefix of a whole one is cut, and none is read beyond its end.
TEST(FlatReaderTest, KnowsWhatIsCut) {
  constexpr std::string_view kWhole =
      R"({"a":{"b":12,"c":null},"d":"text","e":7})";
  for (std::size_t size = 0; size < kWhole.size(); ++size) {
    // Memory of its own, for AddressSanitizer.
    const std::string cut(kWhole.substr(0, size));
    EXPECT_EQ(ReadAndShow(cut), "not read") << cut;
  }
}

constexpr std::string_view kLast =
    R"( {"a":{"b":12,"c":null},"d2":"text","e": 7,"f":0} )";

// A reader that knows the last one reads the next as a new one does.
TEST(FlatReaderTest, TheLastOneMakesNoDifference) {
  FlatReader reader;
  for (const std::string_view text :
       {R"( {"a":{"b":9999,"c":null},"d2":"text","e": 0,"f":1}x)",
        R"( {"a":{"b":12,"c":null},"d3":"text","e": 7,"f":0} )",
        R"( {"a":{"b":012,"c":null},"d2":"text","e": 7,"f":0} )",
        R"( {"a":{"b":,"c":null},"d2":"text","e": 7,"f":0} )",
        R"( {"a":{"b":12.5,"c":null},"d2":"text","e": 7,"f":0} )",
        R"( {"a":{"b":12,"c":3},"d2":"text","e": 7,"f":0} )",
        R"( {"a":{"b":12,"c":null},"d2":"text","e": 7,"f":0,"g":1} )",
        R"( {"a":{"b":12,"c":null},"d2":"text","e": 1234567890123456789} )"}) {
    EXPECT_NE(ReadAndShow(kLast, reader), "not read");
    EXPECT_EQ(ReadAndShow(text, reader), ReadAndShow(text)) << text;
    EXPECT_EQ(ReadAndShow(text, reader), ReadAndShow(text)) << text;
  }
  for (std::size_t size = 0; size < kLast.size(); ++size) {
    const std::string cut(kLast.substr(0, size));
    EXPECT_NE(ReadAndShow(kLast, reader), "not read");
    EXPECT_EQ(ReadAndShow(cut, reader), ReadAndShow(cut)) << cut;
  }
  for (std::size_t at = 0; at < kLast.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text(kLast);
      text[at] = static_cast<char>(byte);
      EXPECT_NE(ReadAndShow(kLast, reader), "not read");
      EXPECT_EQ(ReadAndShow(text, reader), ReadAndShow(text)) << text;
    }
  }
}

TEST(FlatReaderTest, AnObjectOutlivesItsText) {
  FlatReader reader;
  std::optional<FlatObject> object;
  for (int i = 0; i < 2; ++i) {
    const auto text = std::make_unique<std::string>(kLast);
    object = reader.Read(*text);
  }
  ASSERT_TRUE(object.has_value());
  EXPECT_EQ(Shown(*object), ReadAndShow(kLast));
}

// What is read here is JSON to a parser as well, whatever byte is put where.
TEST(FlatReaderTest, ReadsNothingThatAParserRefuses) {
  constexpr std::string_view kWhole = R"({"a":{"b":12},"d":"t","e":70})";
  simdjson::dom::parser parser;
  int read = 0;
  for (std::size_t at = 0; at < kWhole.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text(kWhole);
      text[at] = static_cast<char>(byte);
      FlatReader reader;
      if (!reader.Read(text).has_value()) continue;
      ++read;
      // What stands behind the object is not its concern.
      bool accepted = false;
      for (std::size_t end = 1; end <= text.size(); ++end) {
        accepted = accepted || !parser.parse(text.data(), end).error();
      }
      EXPECT_TRUE(accepted) << text;
    }
  }
  EXPECT_GT(read, 500);
}

}  // namespace
}  // namespace weir::dialect::canonical
