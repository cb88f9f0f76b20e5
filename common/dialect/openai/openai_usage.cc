#include "common/dialect/openai/openai_usage.h"

#include <simdjson.h>

#include "common/dialect/canonical/usage.h"
#include "common/dialect/canonical/usage_counts.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {

using canonical::Tokens;
using canonical::Usage;
using canonical::UsageCounts;

namespace {

void ReadInputDetails(const simdjson::dom::object& details, UsageCounts& read,
                      Usage& usage) {
  for (const auto& [name, value] : details) {
    if (name == "cached_tokens") {
      const Tokens cached = read.Read(value);
      if (cached.has_value()) usage.cache_read = cached;
    } else if (name == "audio_tokens") {
      usage.audio_input = read.Read(value);
    } else if (name == "image_tokens") {
      usage.image_input = read.Read(value);
    }
  }
}

void ReadOutputDetails(const simdjson::dom::object& details, UsageCounts& read,
                       Usage& usage) {
  for (const auto& [name, value] : details) {
    if (name == "reasoning_tokens") {
      usage.reasoning = read.Read(value);
    } else if (name == "audio_tokens") {
      usage.audio_output = read.Read(value);
    }
  }
}

}  // namespace

// What went in includes what was cached and what was heard and seen, what came
// out includes thoughts and sounds. One pass: this is done for every request.
canonical::UsageReading ReadOpenAiUsage(const simdjson::dom::object& counts) {
  UsageCounts read;
  Usage usage;
  for (const auto& [name, value] : counts) {
    simdjson::dom::object details;
    if (name == "prompt_tokens" || name == "input_tokens") {
      usage.fresh_input = read.Read(value);
    } else if (name == "completion_tokens" || name == "output_tokens") {
      usage.output = read.Read(value);
    } else if (name == "prompt_cache_hit_tokens") {
      if (!usage.cache_read.has_value()) usage.cache_read = read.Read(value);
    } else if (value.get(details) != simdjson::SUCCESS) {
      continue;
    } else if (name == "prompt_tokens_details" ||
               name == "input_tokens_details") {
      ReadInputDetails(details, read, usage);
    } else if (name == "completion_tokens_details" ||
               name == "output_tokens_details") {
      ReadOutputDetails(details, read, usage);
    }
  }
  read.TakeOut(usage.cache_read, usage.fresh_input);
  read.TakeOut(usage.audio_input, usage.fresh_input);
  read.TakeOut(usage.image_input, usage.fresh_input);
  read.TakeOut(usage.reasoning, usage.output);
  read.TakeOut(usage.audio_output, usage.output);
  return {usage, read.unbelievable()};
}

void WriteChatUsage(const Usage& usage, JsonWriter& json) {
  const auto input = InputOf(usage).value_or(0);
  const auto output = OutputOf(usage).value_or(0);
  json.BeginObject().Key("prompt_tokens").Number(input);
  json.Key("completion_tokens").Number(output);
  json.Key("total_tokens").Number(input + output);
  json.Key("prompt_tokens_details").BeginObject();
  json.Key("cached_tokens").Number(usage.cache_read.value_or(0));
  json.Key("audio_tokens").Number(usage.audio_input.value_or(0)).EndObject();
  json.Key("completion_tokens_details").BeginObject();
  json.Key("reasoning_tokens").Number(usage.reasoning.value_or(0));
  json.Key("audio_tokens").Number(usage.audio_output.value_or(0));
  json.EndObject().EndObject();
}

void WriteResponsesUsage(const Usage& usage, JsonWriter& json) {
  const auto input = InputOf(usage).value_or(0);
  const auto output = OutputOf(usage).value_or(0);
  json.BeginObject().Key("input_tokens").Number(input);
  json.Key("input_tokens_details").BeginObject();
  json.Key("cached_tokens").Number(usage.cache_read.value_or(0));
  json.Key("cache_write_tokens").Number(CacheWriteOf(usage).value_or(0));
  json.EndObject().Key("output_tokens").Number(output);
  json.Key("output_tokens_details").BeginObject();
  json.Key("reasoning_tokens").Number(usage.reasoning.value_or(0));
  json.EndObject().Key("total_tokens").Number(input + output).EndObject();
}

}  // namespace weir::dialect
