#include "dataplane/relay/usage_scan.h"

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "common/concat.h"
#include "common/dialect/canonical/usage.h"
#include "dataplane/relay/answer_format.h"
#include "dataplane/relay/usage_tap.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

constexpr auto kUnknown = std::nullopt;
using dialect::canonical::kMaxTokens;
using dialect::canonical::Tokens;

// What clients pay by: the sums of the parts.
struct Sums {
  Tokens input;
  Tokens cached_input;
  Tokens output;
};

UsageReading Read(std::string_view text) {
  return ReadUsage(AnswerFormat::kChat, {}, text);
}

struct UsageCase {
  std::string name;
  std::string text;
  Sums want;
  std::uint32_t unbelievable = 0;
};
void PrintTo(const UsageCase& usage_case, std::ostream* out) {
  *out << usage_case.name;
}

class ReadUsageTest : public ::testing::TestWithParam<UsageCase> {};

TEST_P(ReadUsageTest, FollowsTheTable) {
  const UsageReading reading = Read(GetParam().text);
  EXPECT_EQ(InputOf(reading.usage), GetParam().want.input);
  EXPECT_EQ(reading.usage.cache_read, GetParam().want.cached_input);
  EXPECT_EQ(OutputOf(reading.usage), GetParam().want.output);
  EXPECT_EQ(reading.unbelievable, GetParam().unbelievable);
}

const char* const kChat =
    R"({"id":"c","choices":[],"usage":{"prompt_tokens":120,)"
    R"("completion_tokens":34,"total_tokens":154,"prompt_tokens_details":)"
    R"({"cached_tokens":100,"audio_tokens":0},"completion_tokens_details":)"
    R"({"reasoning_tokens":7}},"system_fingerprint":"fp"})";

INSTANTIATE_TEST_SUITE_P(
    Table, ReadUsageTest,
    ::testing::ValuesIn(std::vector<UsageCase>{
        {"Chat", kChat, {120, 100, 34}},
        {"Responses",
         R"({"output":[],"usage":{"input_tokens":9,"input_tokens_details":)"
         R"({"cached_tokens":4},"output_tokens":2},"user":null})",
         {9, 4, 2}},
        {"DeepSeek",
         R"({"usage":{"prompt_tokens":9,"completion_tokens":1,)"
         R"("prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":1}})",
         {9, 8, 1}},
        {"Blanks",
         "{ \"usage\" : { \"prompt_tokens\" : 5 ,\n\t\"completion_tokens\": 6 "
         "} "
         "}",
         {5, kUnknown, 6}},
        {"LastOfAStream",
         "data: {\"usage\":{\"prompt_tokens\":1}}\n\n"
         "data: {\"usage\":{\"prompt_tokens\":2}}\n\ndata: [DONE]\n\n",
         {2, kUnknown, kUnknown}},
        {"NullAfterTheLast",
         "data: {\"usage\":{\"prompt_tokens\":2}}\n\n"
         "data: {\"choices\":[],\"usage\":null}\n\n",
         {2, kUnknown, kUnknown}},
        {"None", R"({"id":"c","choices":[]})", {}},
        {"Null", R"({"usage":null})", {}},
        {"Nothing", "", {}},
        {"Empty", R"({"usage":{}})", {}},
        {"NullCounts",
         R"({"usage":{"prompt_tokens":3,"completion_tokens":null}})",
         {3, kUnknown, kUnknown}},
        {"NullDetails",
         R"({"usage":{"prompt_tokens":3,"prompt_tokens_details":null}})",
         {3, kUnknown, kUnknown}},
        // What a model wrote, quoted in its answer.
        {"InAString",
         R"({"content":"{\"usage\":{\"prompt_tokens\":9}}","x":1})",
         {}},
        {"AsAString", R"({"content":"usage","x":{"prompt_tokens":9}})", {}},
        {"NestedObjectsAreSkipped",
         R"({"usage":{"x":{"prompt_tokens":7,"y":[1,{"z":"}"}]},)"
         R"("prompt_tokens":1}})",
         {1, kUnknown, kUnknown}},
        {"EscapesInNames",
         R"({"usage":{"a\"b":1,"prompt_tokens":1}})",
         {1, kUnknown, kUnknown}},
        {"EscapesAtTheEnd",
         R"({"usage":{"a\\":"\\","prompt_tokens":1}})",
         {1, kUnknown, kUnknown}},
        // What can't be true.
        {"AString",
         R"({"usage":{"prompt_tokens":"12","completion_tokens":1}})",
         {kUnknown, kUnknown, 1},
         1},
        {"Negative",
         R"({"usage":{"prompt_tokens":-12,"completion_tokens":-1}})",
         {},
         2},
        {"AFraction", R"({"usage":{"prompt_tokens":1.5}})", {}, 1},
        {"AnExponent", R"({"usage":{"prompt_tokens":1e3}})", {}, 1},
        {"True", R"({"usage":{"prompt_tokens":true}})", {}, 1},
        {"AnObject", R"({"usage":{"prompt_tokens":{"a":1}}})", {}, 1},
        {"TheMost",
         R"({"usage":{"prompt_tokens":100000000}})",
         {kMaxTokens, kUnknown, kUnknown}},
        {"Absurd", R"({"usage":{"prompt_tokens":100000001}})", {}, 1},
        {"BeyondAllNumbers",
         R"({"usage":{"prompt_tokens":99999999999999999999999}})",
         {},
         1},
        {"MoreCachedThanThereWas",
         R"({"usage":{"prompt_tokens":5,"prompt_tokens_details":)"
         R"({"cached_tokens":6}}})",
         {5, kUnknown, kUnknown},
         1},
        {"CachedOfNothing",
         R"({"usage":{"prompt_tokens_details":{"cached_tokens":6}}})",
         {},
         1},
        {"Cut", R"({"usage":{"prompt_tokens":5,"compl)", {}, 1},
        {"CutInANumber", R"({"usage":{"prompt_tokens":5)", {}, 1},
        {"NoColon", R"({"usage":{"prompt_tokens" 5}})", {}, 1},
        {"NoValue", R"({"usage":{"prompt_tokens":,"a":1}})", {}, 1},
        {"WrongBracket", R"({"usage":{"prompt_tokens":5])", {}, 1},
    }),
    [](const auto& test) { return test.param.name; });

// Whatever stands there, it comes to an end inside the text.
TEST(ReadUsageEndTest, EveryCutIsSafe) {
  const std::string text = kChat;
  for (std::size_t size = 0; size < text.size(); ++size) {
    const std::string cut = text.substr(0, size);
    const UsageReading reading = Read(cut);
    EXPECT_LE(reading.unbelievable, 1U) << cut;
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char c : {'"', '{', '}', '[', ']', ',', ':', '\\', '0', ' '}) {
      std::string broken = text;
      broken[at] = c;
      Read(broken);
    }
  }
}

// Sixteen bytes are looked at together: wherever they divide a string, what is
// in it opens and closes nothing.
TEST(ReadUsageEndTest, BracketsInStringsAreNone) {
  for (std::size_t size = 0; size < 40; ++size) {
    for (const std::string_view end : {"}{", "]]}", R"(\"}}})", R"(}\\)"}) {
      const std::string text =
          Concat(R"({"usage":{")", std::string(size, 'x'), end,
                 R"(":[{"y":"}"}],"prompt_tokens":7},"z":{"usage":1}})");
      EXPECT_EQ(Read(text).usage, Usage{.fresh_input = 7}) << text;
    }
  }
}

// Wherever the name stands, and whatever stands behind it.
TEST(ReadUsageEndTest, TheLastUsageIsFoundAtEachDistance) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string text =
        Concat(R"({"usage":{"prompt_tokens":1},"usage":{"prompt_tokens":7},")",
               std::string(size, 'u'), R"(":"usage"})");
    EXPECT_EQ(Read(text).usage, Usage{.fresh_input = 7}) << text;
  }
}

struct LastCase {
  std::string text;
  // Behind the front.
  std::size_t want;
};

TEST(LastUsageTest, IsFoundWhereverItStands) {
  constexpr std::size_t kNowhere = std::string_view::npos;
  const std::vector<LastCase> cases = {
      {R"("usage":{})", 0},
      {"\"usage\" \r\n:\t {", 0},
      {R"("usage":{"a":{"b":[{}]}})", 0},
      {R"("usage":{},"usage":{)", 11},
      {R"("usage":null)", kNowhere},
      {R"("usage":[{}])", kNowhere},
      {R"("usage"{})", kNowhere},
      {R"("usage"::{})", kNowhere},
      {R"("usage":"{")", kNowhere},
      {R"(usage":{})", kNowhere},
      {R"("Usage":{})", kNowhere},
      {R"("xusage":{})", kNowhere},
      {R"("usage":})", kNowhere},
      {R"(:{ {}: {)", kNowhere},
      {R"({"usage":{})", 1},
      {R"(data: {"usage":{})", 7},
  };
  for (const auto& [text, want] : cases) {
    for (std::size_t front = 0; front < 150; ++front) {
      for (const std::size_t behind : {0U, 1U, 50U, 63U, 64U, 65U}) {
        const std::string all =
            Concat(std::string(front, '-'), text, std::string(behind, '}'));
        EXPECT_EQ(LastUsage(AnswerFormat::kChat, all),
                  want == kNowhere ? kNowhere : front + want)
            << all;
      }
    }
  }
}

TEST(LastUsageTest, NothingBeforeABraceIsNoName) {
  for (const std::string_view text : {"", "{", " {", ":{", "\":{", "e\" : {"}) {
    EXPECT_EQ(LastUsage(AnswerFormat::kChat, text), std::string_view::npos);
  }
}

// By its brace, which alone makes a name that of counts.
TEST(ReadUsageEndTest, WhatIsNoObjectHidesNone) {
  for (const std::string_view behind :
       {R"(,"usage":null)", R"(,"usage":[{"prompt_tokens":1}])",
        R"(,"x":"\"usage\":{\"prompt_tokens\":1}")", R"(,"usages":{})",
        R"(,"x":{"y":{}},"z":"usage")"}) {
    const std::string text =
        Concat(R"({"usage" : {"prompt_tokens":7})", behind, "}");
    EXPECT_EQ(Read(text).usage, Usage{.fresh_input = 7}) << text;
  }
}

const char* const kChatEnd = R"({"x":0,"usage":{"prompt_tokens":120,)"
                             R"("completion_tokens":34,)"
                             R"("prompt_tokens_details":)"
                             R"({"cached_tokens":100}}})";
constexpr Usage kChatUsage = {
    .fresh_input = 20, .cache_read = 100, .output = 34};

TEST(UsageTapTest, ReadsOverAnyDivisionOfTheBytes) {
  const std::string text =
      Concat(std::string(5000, 'x'), kChatEnd, "\n\ndata: [DONE]\n");
  for (const std::size_t step : {1U, 7U, 100U, 1500U, 3000U, 10'000U}) {
    UsageTap tap(AnswerFormat::kChat);
    for (std::size_t at = 0; at < text.size(); at += step) {
      tap.See(std::string_view(text).substr(at, step));
    }
    EXPECT_EQ(tap.Read().usage, kChatUsage) << step;
  }
}

TEST(UsageTapTest, KeepsTheEndAlone) {
  UsageTap tap(AnswerFormat::kChat);
  tap.See(kChatEnd);
  for (std::size_t i = 0; i < kUsageTail; ++i) tap.See("x");
  EXPECT_EQ(tap.Read(), UsageReading());
}

// What went in is told at the begin, what came out at the end.
TEST(UsageTapTest, AnthropicsStreamsSpeakTwice) {
  const std::string start =
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":"
      "{\"usage\":{\"input_tokens\":9,\"cache_read_input_tokens\":5,"
      "\"output_tokens\":1}}}\n\n";
  const std::string end =
      "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}\n\n";
  const Usage want = {.fresh_input = 9, .cache_read = 5, .output = 7};
  for (const std::size_t between : {0U, 100U, 100'000U}) {
    const std::string text = Concat(start, std::string(between, '\n'), end);
    EXPECT_EQ(ReadUsageOfWhole(AnswerFormat::kMessages, text).usage, want);
    for (const std::size_t step : {1U, 100U, 3000U, 1'000'000U}) {
      UsageTap tap(AnswerFormat::kMessages);
      for (std::size_t at = 0; at < text.size(); at += step) {
        tap.See(std::string_view(text).substr(at, step));
      }
      EXPECT_EQ(tap.Read().usage, want) << between << " " << step;
    }
  }
  // Broken off: what is known is what went in.
  EXPECT_EQ(InputOf(ReadUsageOfWhole(AnswerFormat::kMessages, start).usage),
            14U);
}

TEST(UsageTapTest, AnthropicsAnswersSpeakAtTheirEnd) {
  const std::string text =
      R"({"content":[{"type":"tool_use","input":{"usage":)"
      R"({"input_tokens":999}}}],"usage":{"input_tokens":9,)"
      R"("output_tokens":7}})";
  EXPECT_EQ(ReadUsageOfWhole(AnswerFormat::kMessages, text).usage,
            (Usage{.fresh_input = 9, .output = 7}));
}

TEST(UsageTapTest, GeminisLastWordHolds) {
  const std::string text =
      "data: {\"usageMetadata\":{\"promptTokenCount\":9}}\r\n\r\n"
      "data: {\"usageMetadata\":{\"promptTokenCount\":9,"
      "\"candidatesTokenCount\":4,\"thoughtsTokenCount\":3},"
      "\"modelVersion\":\"g\"}\r\n\r\n";
  EXPECT_EQ(ReadUsageOfWhole(AnswerFormat::kGenerate, text).usage,
            (Usage{.fresh_input = 9, .output = 4, .reasoning = 3}));
}

TEST(UsageTapTest, NothingComesOutOfAnEmbedding) {
  const std::string text =
      R"({"data":[],"usage":{"prompt_tokens":8,"total_tokens":8}})";
  EXPECT_EQ(ReadUsageOfWhole(AnswerFormat::kEmbeddings, text).usage,
            (Usage{.fresh_input = 8, .output = 0}));
  EXPECT_EQ(ReadUsageOfWhole(AnswerFormat::kChat, text).usage,
            (Usage{.fresh_input = 8}));
}

TEST(UsageTapTest, WhatPassesThroughIsNotLookedAt) {
  EXPECT_EQ(ReadUsageOfWhole(AnswerFormat::kOpaque, kChat), UsageReading());
  UsageTap tap(AnswerFormat::kOpaque);
  tap.See(kChat);
  EXPECT_EQ(tap.Read(), UsageReading());
}

}  // namespace
}  // namespace weir::dataplane
