#include "common/dialect/canonical/usage.h"

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "common/dialect/anthropic/anthropic_usage.h"
#include "common/dialect/canonical/flat_object.h"
#include "common/dialect/gemini/gemini_usage.h"
#include "common/dialect/json_writer.h"
#include "common/dialect/openai/openai_usage.h"
#include "gtest/gtest.h"

namespace weir::dialect {
namespace {

using canonical::Usage;
using canonical::UsageReading;
using ReadFunction = UsageReading (*)(const simdjson::dom::object&);
using ReadFlatFunction = UsageReading (*)(const canonical::FlatObject&);
using WriteFunction = void (*)(const Usage&, JsonWriter&);

struct UsageCase {
  std::string name;
  ReadFunction read;
  std::string json;
  Usage want;
  std::uint32_t unbelievable = 0;
};
void PrintTo(const UsageCase& usage_case, std::ostream* out) {
  *out << usage_case.name;
}

class UsageTest : public ::testing::TestWithParam<UsageCase> {};

TEST_P(UsageTest, PartsAreDisjoint) {
  simdjson::dom::parser parser;
  simdjson::dom::object counts;
  ASSERT_FALSE(parser.parse(GetParam().json).get(counts));
  const UsageReading reading = GetParam().read(counts);
  EXPECT_EQ(reading.unbelievable, GetParam().unbelievable);
  EXPECT_EQ(reading.usage, GetParam().want);
}

// Of those that a parser is not always asked for.
ReadFlatFunction FlatTwinOf(ReadFunction read) {
  if (read == static_cast<ReadFunction>(ReadOpenAiUsage)) {
    return ReadOpenAiUsage;
  }
  if (read == static_cast<ReadFunction>(ReadAnthropicUsage)) {
    return ReadAnthropicUsage;
  }
  return nullptr;
}

TEST_P(UsageTest, IsTheSameWithoutAParser) {
  const ReadFlatFunction read = FlatTwinOf(GetParam().read);
  if (read == nullptr) GTEST_SKIP() << "always parsed";
  canonical::FlatReader reader;
  const auto counts = reader.Read(GetParam().json);
  ASSERT_TRUE(counts.has_value());
  const UsageReading reading = read(*counts);
  EXPECT_EQ(reading.unbelievable, GetParam().unbelievable);
  EXPECT_EQ(reading.usage, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, UsageTest,
    ::testing::ValuesIn<UsageCase>({
        {"OpenAi",
         ReadOpenAiUsage,
         R"({"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,)"
         R"("prompt_tokens_details":{"cached_tokens":60,"audio_tokens":10},)"
         R"("completion_tokens_details":{"reasoning_tokens":30,)"
         R"("audio_tokens":5}})",
         {.fresh_input = 30,
          .cache_read = 60,
          .audio_input = 10,
          .output = 15,
          .reasoning = 30,
          .audio_output = 5}},
        {"Responses",
         ReadOpenAiUsage,
         R"({"input_tokens":9,"input_tokens_details":{"cached_tokens":4},)"
         R"("output_tokens":7,"output_tokens_details":)"
         R"({"reasoning_tokens":2}})",
         {.fresh_input = 5, .cache_read = 4, .output = 5, .reasoning = 2}},
        {"DeepSeek",
         ReadOpenAiUsage,
         R"({"prompt_tokens":9,"prompt_cache_hit_tokens":8,)"
         R"("prompt_cache_miss_tokens":1,"completion_tokens":1})",
         {.fresh_input = 1, .cache_read = 8, .output = 1}},
        {"Anthropic",
         ReadAnthropicUsage,
         R"({"input_tokens":20,"cache_creation_input_tokens":30,)"
         R"("cache_read_input_tokens":70,"cache_creation":)"
         R"({"ephemeral_5m_input_tokens":10,)"
         R"("ephemeral_1h_input_tokens":20},"output_tokens":34,)"
         R"("output_tokens_details":{"thinking_tokens":4}})",
         {.fresh_input = 20,
          .cache_read = 70,
          .cache_write_5m = 10,
          .cache_write_1h = 20,
          .output = 30,
          .reasoning = 4}},
        {"Gemini",
         ReadGeminiUsage,
         R"({"promptTokenCount":100,"cachedContentTokenCount":40,)"
         R"("toolUsePromptTokenCount":7,"candidatesTokenCount":20,)"
         R"("thoughtsTokenCount":50,"promptTokensDetails":)"
         R"([{"modality":"TEXT","tokenCount":75},)"
         R"({"modality":"IMAGE","tokenCount":25}]})",
         {.fresh_input = 42,
          .cache_read = 40,
          .image_input = 25,
          .output = 20,
          .reasoning = 50}},
        {"GeminisNothing",
         ReadGeminiUsage,
         R"({"promptTokenCount":9})",
         {.fresh_input = 9, .output = 0}},
        {"Nothing", ReadAnthropicUsage, "{}", {}},
        {"Nulls",
         ReadAnthropicUsage,
         R"({"input_tokens":3,"cache_read_input_tokens":null})",
         {.fresh_input = 3}},
        {"MoreThanTheWhole",
         ReadOpenAiUsage,
         R"({"completion_tokens":5,)"
         R"("completion_tokens_details":{"reasoning_tokens":6}})",
         {.output = 5},
         1},
        {"Texts",
         ReadOpenAiUsage,
         R"({"prompt_tokens":"9","completion_tokens":7})",
         {.output = 7},
         1},
        {"ObjectsForCounts",
         ReadOpenAiUsage,
         R"({"prompt_tokens":{"a":1},"completion_tokens":7,)"
         R"("completion_tokens_details":null})",
         {.output = 7},
         1},
        {"TooMany",
         ReadOpenAiUsage,
         R"({"prompt_tokens":100000001,"completion_tokens":100000000})",
         {.output = 100'000'000},
         1},
        {"Absurd",
         ReadGeminiUsage,
         R"({"promptTokenCount":100000001,"candidatesTokenCount":-1})",
         {},
         2},
    }),
    [](const auto& test) { return test.param.name; });

std::string Written(WriteFunction write, const Usage& usage) {
  std::string out;
  JsonWriter json(out);
  write(usage, json);
  return out;
}

TEST(UsageTest, ReadsBackWhatItWrites) {
  const Usage usage{.fresh_input = 30,
                    .cache_read = 60,
                    .cache_write_5m = 10,
                    .output = 15,
                    .reasoning = 30};
  const struct {
    ReadFunction read;
    WriteFunction write;
  } dialects[] = {{ReadOpenAiUsage, WriteChatUsage},
                  {ReadAnthropicUsage, WriteAnthropicUsage},
                  {ReadGeminiUsage, WriteGeminiUsage}};
  for (const auto& [read, write] : dialects) {
    const std::string json = Written(write, usage);
    simdjson::dom::parser parser;
    simdjson::dom::object counts;
    ASSERT_FALSE(parser.parse(json).get(counts)) << json;
    const Usage back = read(counts).usage;
    EXPECT_EQ(InputOf(back), 100U) << json;
    EXPECT_EQ(OutputOf(back), 45U) << json;
    EXPECT_EQ(back.cache_read, 60U) << json;
  }
}

}  // namespace
}  // namespace weir::dialect
