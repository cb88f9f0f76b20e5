#include "common/dialect/anthropic/anthropic_usage.h"

#include <simdjson.h>

#include "common/dialect/canonical/flat_object.h"
#include "common/dialect/canonical/usage.h"
#include "common/dialect/canonical/usage_counts.h"
#include "common/dialect/json_writer.h"
#include "common/literal.h"

namespace weir::dialect {

using canonical::Usage;
using canonical::UsageCounts;

namespace {

// Objects are simdjson's, or flat.
// `input_tokens` leaves out what was read from a cache and written to it;
// `output_tokens` includes thoughts.
// One pass: this is done for every request.
template <typename Object>
canonical::UsageReading ReadCounts(const Object& counts) {
  UsageCounts read;
  Usage usage;
  for (const auto& [name, value] : counts) {
    Object details;
    if (Is(name, "input_tokens")) {
      usage.fresh_input = read.Read(value);
    } else if (Is(name, "cache_read_input_tokens")) {
      usage.cache_read = read.Read(value);
    } else if (Is(name, "cache_creation_input_tokens")) {
      usage.cache_write_5m = read.Read(value);
    } else if (Is(name, "output_tokens")) {
      usage.output = read.Read(value);
    } else if (!canonical::IsObject(value, details)) {
      continue;
    } else if (Is(name, "cache_creation")) {
      usage.cache_write_1h = read.Read(details, "ephemeral_1h_input_tokens");
    } else if (Is(name, "output_tokens_details")) {
      usage.reasoning = read.Read(details, "thinking_tokens");
    }
  }
  read.TakeOut(usage.cache_write_1h, usage.cache_write_5m);
  read.TakeOut(usage.reasoning, usage.output);
  return {usage, read.unbelievable()};
}

}  // namespace

canonical::UsageReading ReadAnthropicUsage(
    const simdjson::dom::object& counts) {
  return ReadCounts(counts);
}

canonical::UsageReading ReadAnthropicUsage(
    const canonical::FlatObject& counts) {
  return ReadCounts(counts);
}

void WriteAnthropicUsage(const Usage& usage, JsonWriter& json) {
  const auto cached = usage.cache_read.value_or(0);
  const auto written = CacheWriteOf(usage).value_or(0);
  json.BeginObject().Key("input_tokens");
  json.Number(InputOf(usage).value_or(0) - cached - written);
  json.Key("cache_creation_input_tokens").Number(written);
  json.Key("cache_read_input_tokens").Number(cached);
  json.Key("output_tokens").Number(OutputOf(usage).value_or(0));
  if (usage.reasoning.has_value()) {
    json.Key("output_tokens_details").BeginObject();
    json.Key("thinking_tokens").Number(*usage.reasoning).EndObject();
  }
  json.EndObject();
}

}  // namespace weir::dialect
