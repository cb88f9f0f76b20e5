#include "common/dialect/openai/openai_usage.h"

#include <simdjson.h>

#include "common/dialect/canonical/flat_object.h"
#include "common/dialect/canonical/usage.h"
#include "common/dialect/canonical/usage_counts.h"
#include "common/dialect/json_writer.h"
#include "common/literal.h"

namespace weir::dialect {

using canonical::Tokens;
using canonical::Usage;
using canonical::UsageCounts;

namespace {

// Objects are simdjson's, or flat.
template <typename Object>
void ReadInputDetails(const Object& details, UsageCounts& read, Usage& usage) {
  for (const auto& [name, value] : details) {
    if (Is(name, "cached_tokens")) {
      const Tokens cached = read.Read(value);
      if (cached.has_value()) usage.cache_read = cached;
    } else if (Is(name, "audio_tokens")) {
      usage.audio_input = read.Read(value);
    } else if (Is(name, "image_tokens")) {
      usage.image_input = read.Read(value);
    }
  }
}

template <typename Object>
void ReadOutputDetails(const Object& details, UsageCounts& read, Usage& usage) {
  for (const auto& [name, value] : details) {
    if (Is(name, "reasoning_tokens")) {
      usage.reasoning = read.Read(value);
    } else if (Is(name, "audio_tokens")) {
      usage.audio_output = read.Read(value);
    }
  }
}

// What went in includes what was cached and what was heard and seen, what came
// out includes thoughts and sounds. One pass: this is done for every request.
template <typename Object>
canonical::UsageReading ReadCounts(const Object& counts) {
  UsageCounts read;
  Usage usage;
  for (const auto& [name, value] : counts) {
    Object details;
    if (Is(name, "prompt_tokens") || Is(name, "input_tokens")) {
      usage.fresh_input = read.Read(value);
    } else if (Is(name, "completion_tokens") || Is(name, "output_tokens")) {
      usage.output = read.Read(value);
    } else if (Is(name, "prompt_cache_hit_tokens")) {
      if (!usage.cache_read.has_value()) usage.cache_read = read.Read(value);
    } else if (!canonical::IsObject(value, details)) {
      continue;
    } else if (Is(name, "prompt_tokens_details") ||
               Is(name, "input_tokens_details")) {
      ReadInputDetails(details, read, usage);
    } else if (Is(name, "completion_tokens_details") ||
               Is(name, "output_tokens_details")) {
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

}  // namespace

canonical::UsageReading ReadOpenAiUsage(const simdjson::dom::object& counts) {
  return ReadCounts(counts);
}

canonical::UsageReading ReadOpenAiUsage(const canonical::FlatObject& counts) {
  return ReadCounts(counts);
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
