// What is read out of a body; what is a body at all, json_grammar_test.cc says.
#include "dataplane/understand/body_scan.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/dialect/dialect.h"
#include "dataplane/request.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using ::testing::HasSubstr;

// Blanks behind it make a body too large to be read token by token.
std::string AsLargeBody(std::string_view body) {
  return std::string(body).append(std::size_t{16} << 10, ' ');
}

void ExpectSame(const BodyScan& a, const BodyScan& b) {
  EXPECT_EQ(a.model, b.model);
  EXPECT_EQ(a.model_span.begin, b.model_span.begin);
  EXPECT_EQ(a.model_span.end, b.model_span.end);
  EXPECT_EQ(a.stream, b.stream);
  EXPECT_EQ(a.has_stream_options, b.has_stream_options);
  EXPECT_EQ(a.max_tokens, b.max_tokens);
  EXPECT_EQ(a.has_tools, b.has_tools);
  EXPECT_EQ(a.has_reasoning, b.has_reasoning);
  EXPECT_EQ(a.has_media, b.has_media);
}

BodyScan Good(std::string_view body) {
  BodyScanner scanner;
  Outcome<BodyScan> outcome = scanner.Scan(body);
  Outcome<BodyScan> as_large = scanner.Scan(AsLargeBody(body));
  for (const Outcome<BodyScan>* of : {&outcome, &as_large}) {
    if (const dialect::ApiError* error = ErrorOf(*of)) {
      ADD_FAILURE() << body.substr(0, 200) << ": " << error->message;
      return {};
    }
  }
  ExpectSame(std::get<BodyScan>(outcome), std::get<BodyScan>(as_large));
  return std::get<BodyScan>(std::move(outcome));
}

dialect::ApiError Bad(std::string_view body) {
  BodyScanner scanner;
  Outcome<BodyScan> outcome = scanner.Scan(body);
  if (ErrorOf(outcome) == nullptr) {
    ADD_FAILURE() << body.substr(0, 200) << " is accepted";
    return {};
  }
  return std::get<dialect::ApiError>(std::move(outcome));
}

struct ModelCase {
  std::string body;
  std::string model;
  // The bytes that the span covers.
  std::string spanned;
};

TEST(ModelTest, IsFoundWhereItStands) {
  const std::vector<ModelCase> cases = {
      {R"({"model":"gpt-4.1"})", "gpt-4.1", R"("gpt-4.1")"},
      {R"({"model":""})", "", R"("")"},
      {R"( { "model" :   "m"   , "n":1 } )", "m", R"("m")"},
      {"{\"model\":\n\t\"m\"\r\n}", "m", R"("m")"},
      {R"({"a":{"model":"x"},"b":["model","y"],"model":"m"})", "m", R"("m")"},
      {R"({"s":"\"model\":\"x\"","model":"m"})", "m", R"("m")"},
      {R"({"model":"a\"b\\c"})", "a\"b\\c", R"("a\"b\\c")"},
      {R"({"model":"gpt\u002d4"})", "gpt-4", R"("gpt\u002d4")"},
      {R"({"model":"\ud83d\ude00"})", "\U0001F600", R"("\ud83d\ude00")"},
      {"{\"model\":\"\u00e9\"}", "\u00e9", "\"\u00e9\""},
      // An escaped key is the same key to a provider.
      {R"({"\u006dodel":"m"})", "m", R"("m")"},
      {R"({"mode\u006C":"m","x":2})", "m", R"("m")"},
      {R"({"model":"m","modela":"x","mode":"y","MODEL":"z"})", "m", R"("m")"},
  };
  for (const ModelCase& c : cases) {
    const BodyScan scan = Good(c.body);
    EXPECT_EQ(scan.model, c.model) << c.body;
    EXPECT_EQ(c.body.substr(scan.model_span.begin,
                            scan.model_span.end - scan.model_span.begin),
              c.spanned)
        << c.body;
  }
}

TEST(ModelTest, IsAbsentWhereTheOutermostObjectHasNone) {
  for (const std::string_view body :
       {"{}", R"({"a":{"model":"m"}})", R"({"Model":"m"})", R"({"":"model"})",
        R"({"model ":"m"})", R"({"a":"model"})", R"({"\\u006dodel":"m"})"}) {
    EXPECT_EQ(Good(body).model, std::nullopt) << body;
  }
}

TEST(ModelTest, MustBeAString) {
  for (const std::string_view value :
       {"null", "1", "true", "{}", "[\"m\"]", "[]"}) {
    const dialect::ApiError error =
        Bad("{\"model\":" + std::string(value) + "}");
    EXPECT_EQ(error.status, 400);
    EXPECT_EQ(error.code, "invalid_model") << value;
    EXPECT_EQ(error.param, "model");
  }
}

TEST(DuplicateTest, WhatDecidesStandsOnce) {
  for (const std::string_view body :
       {R"({"model":"a","model":"b"})", R"({"model":"a","model":"a"})",
        R"({"model":"a","x":[{}],"\u006dodel":"b"})",
        R"({"mod\u0065l":"a","model":1})"}) {
    const dialect::ApiError error = Bad(body);
    EXPECT_EQ(error.status, 400);
    EXPECT_EQ(error.code, "duplicate_field") << body;
    EXPECT_EQ(error.param, "model") << body;
  }
  const dialect::ApiError error = Bad(R"({"stream":true,"str\u0065am":false})");
  EXPECT_EQ(error.code, "duplicate_field");
  EXPECT_EQ(error.param, "stream");
}

TEST(DuplicateTest, OthersAreTheProvidersAffair) {
  EXPECT_EQ(
      Good(R"({"x":1,"x":2,"a":{"model":1,"model":2},"model":"m"})").model,
      "m");
}

TEST(StreamTest, OnlyTrueIsTrue) {
  EXPECT_TRUE(Good(R"({"stream":true})").stream);
  EXPECT_TRUE(Good("{\"stream\" :\n true \n}").stream);
  for (const std::string_view value :
       {"false", "null", "1", "\"true\"", "[true]", "{\"stream\":true}"}) {
    EXPECT_FALSE(Good("{\"stream\":" + std::string(value) + "}").stream)
        << value;
  }
  EXPECT_FALSE(Good("{}").stream);
  EXPECT_FALSE(Good(R"({"x":{"stream":true}})").stream);
}

struct TokensCase {
  std::string body;
  std::optional<std::uint64_t> want;
};

TEST(MaxTokensTest, TheLargestThatIsAWholeNumberCounts) {
  const std::vector<TokensCase> cases = {
      {"{}", std::nullopt},
      {R"({"max_tokens":16})", 16},
      {R"({"max_tokens":0})", 0},
      {R"({"max_completion_tokens": 17 })", 17},
      {R"({"max_output_tokens":18})", 18},
      {R"({"max_tokens":20,"max_completion_tokens":10})", 20},
      {R"({"max_tokens":10,"max_completion_tokens":20})", 20},
      {R"({"max_tokens":10,"max_tokens":30,"max_tokens":20})", 30},
      {R"({"max_tokens":null})", std::nullopt},
      {R"({"max_tokens":"16"})", std::nullopt},
      {R"({"max_tokens":-1})", std::nullopt},
      {R"({"max_tokens":1.5})", std::nullopt},
      {R"({"max_tokens":1e3})", std::nullopt},
      {R"({"max_tokens":{}})", std::nullopt},
      {R"({"max_tokens":18446744073709551615})", ~std::uint64_t{0}},
      {R"({"max_tokens":18446744073709551616})", std::nullopt},
      {R"({"a":{"max_tokens":5}})", std::nullopt},
  };
  for (const TokensCase& c : cases) {
    EXPECT_EQ(Good(c.body).max_tokens, c.want) << c.body;
  }
}

TEST(ToolsAndReasoningTest, AnythingButNullIsSome) {
  EXPECT_FALSE(Good("{}").has_tools);
  EXPECT_FALSE(Good(R"({"tools":null})").has_tools);
  EXPECT_TRUE(Good(R"({"tools":[{"type":"function"}]})").has_tools);
  EXPECT_FALSE(Good(R"({"a":{"tools":[1]}})").has_tools);
  EXPECT_FALSE(
      Good(R"({"reasoning":null,"reasoning_effort":null})").has_reasoning);
  EXPECT_TRUE(Good(R"({"reasoning":{"effort":"low"}})").has_reasoning);
  EXPECT_TRUE(Good(R"({"reasoning_effort":"low"})").has_reasoning);
  EXPECT_TRUE(
      Good(R"({"reasoning":{},"reasoning_effort":null})").has_reasoning);
}

std::string Nested(std::size_t depth, std::string_view open,
                   std::string_view close) {
  std::string body;
  for (std::size_t i = 0; i < depth; ++i) body += open;
  body += "1";
  for (std::size_t i = 0; i < depth; ++i) body += close;
  return body;
}

TEST(MediaTest, PartsOfMessagesAreLookedAt) {
  for (const std::string type :
       {"image_url", "input_audio", "file", "input_image", "input_file",
        "image", "document"}) {
    const std::string part = R"([{"role":"user","content":[{"type":"text"},)"
                             R"({"type" : ")" +
                             type + R"("}]}])";
    EXPECT_TRUE(Good(R"({"messages":)" + part + "}").has_media) << type;
    EXPECT_TRUE(Good(R"({"input":)" + part + "}").has_media) << type;
    EXPECT_FALSE(Good(R"({"tools":)" + part + "}").has_media) << type;
    EXPECT_FALSE(Good(R"({"messages":[],"metadata":)" + part + "}").has_media)
        << type;
  }
  for (const std::string body :
       {R"({"type":"image"})", R"({"messages":[{"type":"text"}]})",
        R"({"messages":[{"text":"image"}]})",
        R"({"messages":["type","image"]})",
        R"({"messages":[{"content":"{\"type\":\"image\"}"}]})",
        R"({"messages":[{"type":{"image":1}}]})"}) {
    EXPECT_FALSE(Good(body).has_media) << body;
  }
}

TEST(DepthTest, SixtyFourLevelsAreTheMost) {
  Good(Nested(64, "{\"a\":", "}"));
  Good("{\"a\":" + Nested(63, "[", "]") + "}");
  for (const std::string& body :
       {Nested(65, "{\"a\":", "}"), "{\"a\":" + Nested(64, "[", "]") + "}"}) {
    const dialect::ApiError error = Bad(body);
    EXPECT_EQ(error.status, 400);
    EXPECT_EQ(error.code, "invalid_json");
    EXPECT_THAT(error.message, HasSubstr("64"));
  }
}

TEST(DepthTest, ManyLevelsAreRefusedWithoutAStackOfThem) {
  Bad("{\"a\":" + Nested(100'000, "[", "]") + "}");
  Bad(Nested(100'000, "{\"a\":", "}"));
  Bad("{\"a\":" + std::string(100'000, '['));
  Bad(std::string(100'000, '{'));
}

TEST(DepthTest, OnlyWhatIsOpenCounts) {
  std::string body = "{\"a\":[";
  for (int i = 0; i < 1000; ++i) body += "[[]],{},";
  Good(body + "1]}");
}

TEST(BodyScannerTest, BodiesLeaveNoTrace) {
  BodyScanner scanner;
  const std::string large =
      R"({"model":"large","x":")" + std::string(100'000, 'x') + "\"}";
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(std::get<BodyScan>(scanner.Scan(large)).model, "large");
    EXPECT_NE(ErrorOf(scanner.Scan(R"({"model":"bad)")), nullptr);
    const auto small = scanner.Scan(R"({"stream":true})");
    EXPECT_EQ(std::get<BodyScan>(small).model, std::nullopt);
    EXPECT_TRUE(std::get<BodyScan>(small).stream);
  }
}

TEST(BodyScannerTest, BodiesAroundTheMebibyteAreReadAlike) {
  BodyScanner scanner;
  constexpr std::string_view kBegin = R"({"x":")";
  constexpr std::string_view kEnd = R"(","model":"m"})";
  for (const int off : {-1, 0, 1}) {
    const std::size_t size = (std::size_t{1} << 20) +
                             static_cast<std::size_t>(off) - kBegin.size() -
                             kEnd.size();
    const std::string body =
        std::string(kBegin) + std::string(size, 'x') + std::string(kEnd);
    const auto outcome = scanner.Scan(body);
    ASSERT_EQ(ErrorOf(outcome), nullptr);
    const BodyScan& scan = std::get<BodyScan>(outcome);
    EXPECT_EQ(scan.model_span.end, body.size() - 1);
    EXPECT_EQ(scan.model_span.begin, body.size() - 4);
  }
}

// simdjson looks at 64 bytes at a time: what straddles a block is the same.
TEST(BodyScannerTest, TheModelMayStandAnywhere) {
  for (std::size_t before = 0; before < 200; ++before) {
    const std::string body = "{\"x\":\"" + std::string(before, 'x') +
                             R"(\\","model" : "gpt\"4" , "stream":true})";
    const BodyScan scan = Good(body);
    EXPECT_EQ(scan.model, "gpt\"4");
    EXPECT_TRUE(scan.stream);
    EXPECT_EQ(body.substr(scan.model_span.begin, 8), R"("gpt\"4")");
    EXPECT_EQ(scan.model_span.end, scan.model_span.begin + 8);
  }
}

// They refer to `body`.
ConversationMarks Marks(std::string_view body) {
  constexpr auto kFind = BodyScanner::Conversation::kFind;
  BodyScanner scanner;
  Outcome<BodyScan> outcome = scanner.Scan(body, kFind);
  EXPECT_EQ(ErrorOf(outcome), nullptr) << body;
  const ConversationMarks marks = std::get<BodyScan>(outcome).conversation;
  const std::string large_body = AsLargeBody(body);
  outcome = scanner.Scan(large_body, kFind);
  EXPECT_EQ(std::get<BodyScan>(outcome).conversation.prefix, marks.prefix);
  EXPECT_EQ(std::get<BodyScan>(outcome).conversation.user, marks.user);
  EXPECT_EQ(std::get<BodyScan>(outcome).conversation.cache_key,
            marks.cache_key);
  return marks;
}

TEST(ConversationTest, IsLookedForWhenAskedAlone) {
  const std::string_view body =
      R"({"user":"u","prompt_cache_key":"k","prompt":"p"})";
  EXPECT_EQ(Marks(body).user, R"("u")");
  EXPECT_EQ(Marks(body).cache_key, R"("k")");
  EXPECT_EQ(Marks(body).prefix, R"("p")");
  EXPECT_EQ(Good(body).conversation.user, "");
  EXPECT_EQ(Good(body).conversation.cache_key, "");
  EXPECT_EQ(Good(body).conversation.prefix, "");
}

struct PrefixCase {
  std::string body;
  std::string prefix;
};

TEST(ConversationTest, ThePrefixEndsWithTheFirstMessageOfTheUser) {
  const std::vector<PrefixCase> cases = {
      {R"({"messages":[{"role":"user","content":"a"}]})",
       R"([{"role":"user","content":"a"})"},
      {R"({"messages":[{"role":"user","content":"a"},{"role":"assistant"}]})",
       R"([{"role":"user","content":"a"})"},
      {R"({"messages":[{"role":"system","content":"s"},)"
       R"({"content":[{"type":"text","text":"x"}],"role":"user"},)"
       R"({"role":"user","content":"b"}],"n":1})",
       R"([{"role":"system","content":"s"},)"
       R"({"content":[{"type":"text","text":"x"}],"role":"user"})"},
      // A role deeper inside is not the message's.
      {R"({"messages":[{"role":"system","x":{"role":"user"}},)"
       R"({"role":"user"},{"role":"user"}]})",
       R"([{"role":"system","x":{"role":"user"}},{"role":"user"})"},
      // Without one, all of them.
      {R"({"messages":[{"role":"system"},{"role":"tool"}],"n":1})",
       R"([{"role":"system"},{"role":"tool"}])"},
      {R"({"input":[{"role":"user","content":"a"},{"role":"user"}]})",
       R"([{"role":"user","content":"a"})"},
      {R"({"input":"text"})", R"("text")"},
      {R"({"input":["a","b"]})", R"(["a","b"])"},
      {R"({"messages":[]})", "[]"},
      {R"({"messages":null})", ""},
      {R"({"messages":""})", ""},
      {R"({"metadata":{"messages":[{"role":"user"}]}})", ""},
  };
  for (const PrefixCase& test_case : cases) {
    EXPECT_EQ(Marks(test_case.body).prefix, test_case.prefix) << test_case.body;
  }
}

TEST(ConversationTest, WhatIsNoTextIsNoKey) {
  for (const char* body : {R"({"user":null,"prompt_cache_key":1})",
                           R"({"user":"","prompt_cache_key":""})",
                           R"({"user":{"id":"u"},"prompt_cache_key":["k"]})"}) {
    EXPECT_EQ(Marks(body).user, "") << body;
    EXPECT_EQ(Marks(body).cache_key, "") << body;
  }
}

// Of every API: its schemas are where callers nest.
TEST(BodyScanTest, WhatIsNestedTooDeepIsNamedByItsPlace) {
  std::string schema;
  for (int i = 0; i < 80; ++i) schema += R"({"properties":{"a":)";
  const std::pair<std::string, std::string> kCases[] = {
      {R"({"model":"m","tools":[{"function":{"parameters":)",
       "`tools[0].function.parameters.properties.a."},
      {R"({"model":"m","tools":[0,{"input_schema":)",
       "`tools[1].input_schema.properties.a."},
      {R"({"tools":[{"functionDeclarations":[{"parameters":)",
       "`tools[0].functionDeclarations[0].parameters.properties."},
      {R"({"model":"m","text":{"format":{"schema":)",
       "`text.format.schema.properties.a."}};
  BodyScanner scanner;
  for (const auto& [begin, want] : kCases) {
    const auto outcome =
        scanner.Scan(begin + schema, BodyScanner::Conversation::kNoMatter);
    const dialect::ApiError* error = ErrorOf(outcome);
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->status, 400);
    EXPECT_EQ(error->message.substr(0, want.size()), want);
    EXPECT_NE(error->message.find("is nested deeper than 64 levels."),
              std::string::npos);
  }
}

}  // namespace
}  // namespace weir::dataplane
