// That a body is JSON to weir if and only if it is JSON: what is told apart
// here would be one thing to weir and another to a provider.
//
// The lists follow the names of https://github.com/nst/JSONTestSuite (n_ must
// be refused, y_ accepted), whose arrays stand inside an object here.
#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/dialect/dialect.h"
#include "dataplane/request.h"
#include "dataplane/understand/body_scan.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

// What a body is refused with; nothing when it is not.
std::optional<dialect::ApiError> ErrorFor(std::string_view body) {
  BodyScanner scanner;
  const Outcome<BodyScan> outcome = scanner.Scan(body);
  const dialect::ApiError* error = ErrorOf(outcome);
  return error == nullptr ? std::nullopt : std::optional(*error);
}

// The code that a body is refused with; empty when it is not. It is the same
// for a large body, which is read in another way: blanks behind make it one.
std::string Refusal(std::string_view body) {
  const auto error = ErrorFor(body);
  const auto of_large =
      ErrorFor(std::string(body).append(std::size_t{16} << 10, ' '));
  EXPECT_EQ(error.has_value(), of_large.has_value()) << body;
  if (!error.has_value() || !of_large.has_value()) return {};
  EXPECT_EQ(error->status, 400);
  EXPECT_NE(error->message, "");
  EXPECT_EQ(error->code, of_large->code) << body;
  // An empty one is none of blanks.
  EXPECT_TRUE(body.empty() || error->message == of_large->message) << body;
  return std::string(error->code);
}

class BadValueTest : public ::testing::TestWithParam<std::string> {};

TEST_P(BadValueTest, IsRefusedWhereverItStands) {
  const std::string& value = GetParam();
  EXPECT_EQ(Refusal("{\"x\":" + value + "}"), "invalid_json");
  EXPECT_EQ(Refusal("{\"x\":" + value + ",\"y\":1}"), "invalid_json");
  EXPECT_EQ(Refusal("{\"x\":[" + value + "]}"), "invalid_json");
  EXPECT_EQ(Refusal("{\"x\":[1," + value + ", {}]}"), "invalid_json");
  EXPECT_EQ(Refusal("{\"x\":{\"z\": " + value + " }}"), "invalid_json");
}

std::string Bytes(std::string_view text) { return std::string(text); }

INSTANTIATE_TEST_SUITE_P(
    Arrays, BadValueTest,
    ::testing::Values("[1 true]", "[\"\": 1]", "[\"\"],", "[,1]", "[1,,2]",
                      "[\"x\",,]", "[\"x\"]]", "[\"\",]", "[\"x\"", "[x",
                      "[3[4]]", "[1:2]", "[,]", "[-]", "[   , \"\"]",
                      "[\"a\",\n4\n,1,", "[1,]", "[1,,]", "[*]", "[\"\"", "[1",
                      "[1\n,1\n,1", "[{}", "[\"\"\n,", "[\"a\" \"b\"]", "[",
                      "[}", "[\"a\"}", "[[]"));
INSTANTIATE_TEST_SUITE_P(
    Words, BadValueTest,
    ::testing::Values("[fals]", "[nul]", "[tru]", "[true1]", "TRUE", "True",
                      "nullx", "undefined", "NaN", "Infinity", "-Infinity",
                      "<null>", "a", "'a'", "[True]", "`a`", "/*a*/", "//a\n",
                      "1 2", "true false", "\xc2\xa0", "\f", "\xef\xbb\xbf",
                      "\xe2\x80\xa8", "\"a\"b", "\"a\"\"b\"", "a\"b\"",
                      "1\"a\"", "\\", "\\\"a\"", "\\u0041", "[\\n]", "@", "#",
                      "1/2", "()", "\x7f", "\x01"));
INSTANTIATE_TEST_SUITE_P(
    Numbers, BadValueTest,
    ::testing::Values("++1234", "+1", "+Inf", "-01", "-1.0.", "-2.", "-NaN",
                      ".-1", ".2e-3", "0.1.2", "0.3e+", "0.3e", "0.e1", "0_1",
                      "0E+", "0E", "0e+", "0e", "1.0e+", "1.0e-", "1.0e",
                      "1 000.0", "1eE2", "2.e+3", "2.e-3", "2.e3", "9.e+",
                      "Inf", "1+2", "0x1", "0x42", "Infinity", "0e+-1",
                      "-123.123foo", "123\xe5", "1e1\xe5", "0\xe5", "-Infinity",
                      "-foo", "- 1", "-012", "-.123", "-1x", "1ea", "1.2a-3",
                      "1.8011670033376514H-308", "012", "\xef\xbc\x91", ".123",
                      "1e\xe5", "-", "--1", "-00.0", "00.0", "00e0", "-00e0"));
INSTANTIATE_TEST_SUITE_P(
    Strings, BadValueTest,
    ::testing::Values(
        R"("\uD800\")", R"("\uD800\u")", R"("\uD800\u1")", R"("\uD800\u1x")",
        "\xc3\xa9", Bytes(std::string_view("\"\\\0\"", 4)), R"("\x00")",
        R"("\\\")", "\"\\\t\"", "\"\\\xf0\x9f\x8c\x80\"", R"("\")",
        R"("\u00A")", R"("\uD834\uDd")", R"("\uD800\uD800\x")", "\"\\u\xe5\"",
        R"("\a")", R"("\uqqqq")", "\"\\\xe5\"", R"(\u0020"asd")", R"("\n)",
        "\"", "'single quote'", "abc", R"("\)",
        Bytes(std::string_view("\"a\0a\"", 5)), "\"new\nline\"", "\"\t\"",
        "\"\x1f\"", R"("\UA66D")", R"("\047")", R"("\'")", R"("\ ")"));
// Not UTF-8: RFC 3629.
INSTANTIATE_TEST_SUITE_P(
    Utf8, BadValueTest,
    ::testing::Values("\"\xe5\"", "\"\x81\"", "\"\xff\"", "\"\xfe\"",
                      "\"\xc0\xaf\"", "\"\xc1\xbf\"", "\"\xe0\x80\xaf\"",
                      "\"\xe0\x9f\xbf\"", "\"\xf0\x8f\xbf\xbf\"",
                      "\"\xf4\x90\x80\x80\"", "\"\xf5\x80\x80\x80\"",
                      "\"\xed\xa0\x80\"", "\"\xed\xbf\xbf\"", "\"\xe2\x82\"",
                      "\"\xf0\x9f\x98\"", "\"\xc3\"", "\"\xc3(\"",
                      "\"\xf8\x88\x80\x80\x80\""));

class BadBodyTest : public ::testing::TestWithParam<std::string> {};

TEST_P(BadBodyTest, IsRefused) {
  EXPECT_EQ(Refusal(GetParam()), "invalid_json");
}

INSTANTIATE_TEST_SUITE_P(
    Objects, BadBodyTest,
    ::testing::Values(
        R"({"a"})", R"({"a":})", R"({"a" b})", R"({:"b"})", R"({"a" "b"})",
        R"({"a":"a" 123})", R"({key: 'value'})", R"({"a":1 "b":2})", R"({1:1})",
        R"({9999E9999:1})", R"({null:null,null:null})", R"({"id":0,,,,,})",
        R"({'a':0})", R"({"id":0,})", R"({"a":"b"}/**/)", R"({"a":"b"}/**//)",
        R"({"a":"b"}//)", R"({"a":"b"}/)", R"({"a":"b",,"c":"d"})",
        R"({a: "b"})", R"({"a":"a)", R"({ "foo" : "bar", "a" })",
        R"({"a":"b"}#)", R"({"a":"b"}})", R"({"a":"b"}])", R"({"a":"b"},)",
        R"({"a":"b"}{})", R"({"a":"b"} x)", R"({"a":"b"}1)", R"({"a":"b"}"")",
        "{", "}", "{]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{,}",
        "{{}}", "{[]}", "{\"a\",\"b\"}", "{\"a\"::1}", "{\"a\":1:2}",
        "{\"a\":\"b\",", "{\"\\x\":1}", "{\"a\\u12\":1}", "{\"a\n\":1}",
        "{\"\xff\":1}", "{\"a\":1;\"b\":2}", "{\"a\"=1}"));
INSTANTIATE_TEST_SUITE_P(
    Others, BadBodyTest,
    ::testing::Values("", " ", "\n\t\r ", "[]", "[{\"model\":\"m\"}]", "null",
                      "true", "1", "\"model\"", "model=m", "<html>", "<.>",
                      "[<null>]", "\xef\xbb\xbf{}", "*", "--boundary\r\n",
                      "{}{}", "{} {}", "\\u000A\"\"",
                      Bytes(std::string_view("{}\0", 3)),
                      Bytes(std::string_view("\0{}", 3)),
                      Bytes(std::string_view("{\0}", 3)), "\xe2\x81\xa0",
                      "\f{}", "{}\f", "\x1f\x8b\x08"));

class GoodValueTest : public ::testing::TestWithParam<std::string> {};

TEST_P(GoodValueTest, IsAccepted) {
  EXPECT_EQ(Refusal("{\"x\":" + GetParam() + "}"), "");
  EXPECT_EQ(Refusal(" {\r\n\t\"x\" : [ 1 , " + GetParam() + " ] } \n"), "");
}

INSTANTIATE_TEST_SUITE_P(
    List, GoodValueTest,
    ::testing::Values(
        "[[]   ]", "[\"\"]", "[]", "[\"a\"]", "[false]", "[null, 1, \"1\", {}]",
        "[1,null,null,null,2]", "[2] ", "123e65", "0e+1", "0e1", "-0", "1E22",
        "1E-2", "1E+2", "123e45", "123.456e78", "1e-2", "1e+2", "-1", "-0.0",
        "123456789123456789123456789123456789", "1e400", "-1e-400", "1.5e+9999",
        "{}", "{\"\":0}", "{\"a\":\"b\",\"a\":\"c\"}",
        "{\"foo\\u0000bar\": 42}", R"("\u0060\u012a\u12AB")",
        R"("\uD801\udc37")", R"("\"\\\/\b\f\n\r\t")", R"("\\u0000")", R"("\"")",
        R"("a/*b*/c/*d//e")", R"("\\a")", R"("\uDBFF\uDFFF")", "\"\u00e9\"",
        "\"\xef\xbf\xbf\"", "\"\xf4\x8f\xbf\xbf\"", "\"\xed\x9f\xbf\"",
        "\"\x7f\"", "\"\u2028\"", "\"\xef\xbb\xbf\"",
        // Halves of pairs are legal; what they mean is the provider's affair.
        R"("\uD800")", R"("\uDC00\uD800")", R"("\ud800abc")"));

// Strings are read in blocks: whatever stands in one is found wherever.
TEST(JsonStringTest, EveryByteOfAStringIsLookedAt) {
  for (std::size_t before = 0; before < 40; ++before) {
    for (std::size_t behind = 0; behind < 40; behind += 3) {
      const auto with = [&](std::string_view inside) {
        return Refusal(std::string("{\"x\":\"")
                           .append(before, 'x')
                           .append(inside)
                           .append(behind, 'y') +
                       "\"}");
      };
      for (const std::string_view good :
           {" ", "!", "#", "\x7f", "\\\"", "\\\\", "\\u00e9", "\xc3\xa9"}) {
        EXPECT_EQ(with(good), "") << before << good << behind;
      }
      for (const std::string_view bad :
           {"\x01", "\x1f", "\n", "\"", "\\x", "\\\x01", "\xe9", "\xc3",
            "\\u00g0", "\\\xc3\xa9"}) {
        EXPECT_EQ(with(bad), "invalid_json") << before << bad << behind;
      }
    }
  }
}

TEST(JsonStringTest, KeysAreLookedAtAsValuesAre) {
  for (const std::string_view bad : {"\x01", "\"", "\\x", "\xe9", "\\u12g"}) {
    for (const std::string_view begin : {"{\"", "{\"x\":{\"", "{\"x\":[{\""}) {
      EXPECT_EQ(Refusal(std::string(begin).append(bad) +
                        "abcdefghijklmnopqrstuvwxyz\":1}"),
                "invalid_json");
    }
  }
}

// Changes a good body at random; whatever becomes of it, weir and a complete
// parser agree on whether it is JSON.
TEST(JsonPropertyTest, ACompleteParserAgrees) {
  const std::string seed =
      R"({"model":"a\u0062c","n":[1,-2.5e3,true,null],"s":"\"\\ \ud83d\ude00",)"
      "\"o\" : {\"k\":{}, \"e\":[] ,\"u\":\"\xc3\xa9\xf0\x9f\x98\x80\"}}";
  const std::string_view alphabet =
      "{}[]:,\"\\ \n0123456789.eE+-truefalsn/u\xc3";
  std::mt19937 random(20261121);
  const auto below = [&random](std::size_t n) { return random() % n; };
  simdjson::dom::parser parser;
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string body = seed;
    for (std::size_t edits = 1 + below(2); edits > 0; --edits) {
      const std::size_t at = below(body.size());
      const char c = alphabet[below(alphabet.size())];
      switch (below(4)) {
        case 0:
          body.erase(at, 1 + below(3));
          break;
        case 1:
          body.insert(at, 1, c);
          break;
        case 2:
          body[at] = c;
          break;
        default:
          std::swap(body[at], body[below(body.size())]);
          break;
      }
    }
    simdjson::dom::object object;
    const auto error = parser.parse(body).get(object);
    const std::string refusal = Refusal(body);
    if (error == simdjson::SUCCESS) {
      EXPECT_NE(refusal, "invalid_json") << body;
      ++accepted;
    } else if (refusal.empty()) {
      // Legal by RFC 8259 and beyond what simdjson's documents can hold.
      EXPECT_TRUE(error == simdjson::NUMBER_ERROR ||
                  error == simdjson::STRING_ERROR)
          << simdjson::error_message(error) << ": " << body;
    }
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace weir::dataplane
