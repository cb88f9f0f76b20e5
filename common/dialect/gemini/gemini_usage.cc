#include "common/dialect/gemini/gemini_usage.h"

#include <simdjson.h>

#include <string_view>

#include "common/dialect/canonical/json_members.h"
#include "common/dialect/canonical/usage.h"
#include "common/dialect/canonical/usage_counts.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {
namespace {

namespace dom = simdjson::dom;

using canonical::Tokens;
using canonical::Usage;
using canonical::UsageCounts;

// Of `[{"modality":"AUDIO","tokenCount":7}]`.
void ReadModalities(const dom::element& details, Tokens& audio, Tokens& image,
                    UsageCounts& read) {
  dom::array list;
  if (details.get(list)) return;
  for (const dom::element element : list) {
    dom::object detail;
    if (element.get(detail)) continue;
    const std::string_view modality = canonical::StringAt(detail, "modality");
    if (modality == "AUDIO") audio = read.Read(detail, "tokenCount");
    if (modality == "IMAGE") image = read.Read(detail, "tokenCount");
  }
}

}  // namespace

// The prompt includes what was cached, not what tools brought; candidates leave
// out thoughts. One pass: this is done for every event of a stream.
canonical::UsageReading ReadGeminiUsage(const dom::object& counts) {
  UsageCounts read;
  Usage usage;
  Tokens of_tools;
  for (const auto& [name, value] : counts) {
    if (name == "promptTokenCount") {
      usage.fresh_input = read.Read(value);
    } else if (name == "cachedContentTokenCount") {
      usage.cache_read = read.Read(value);
    } else if (name == "toolUsePromptTokenCount") {
      of_tools = read.Read(value);
    } else if (name == "candidatesTokenCount") {
      usage.output = read.Read(value);
    } else if (name == "thoughtsTokenCount") {
      usage.reasoning = read.Read(value);
    } else if (name == "promptTokensDetails") {
      ReadModalities(value, usage.audio_input, usage.image_input, read);
    } else if (name == "candidatesTokensDetails") {
      ReadModalities(value, usage.audio_output, usage.image_output, read);
    }
  }
  read.TakeOut(usage.cache_read, usage.fresh_input);
  read.TakeOut(usage.audio_input, usage.fresh_input);
  read.TakeOut(usage.image_input, usage.fresh_input);
  if (of_tools.has_value()) {
    usage.fresh_input = usage.fresh_input.value_or(0) + *of_tools;
  }
  read.TakeOut(usage.audio_output, usage.output);
  read.TakeOut(usage.image_output, usage.output);
  // Protobuf's JSON leaves zeros out: a thought alone, or a refused prompt.
  if (usage.fresh_input.has_value() && !usage.output.has_value()) {
    usage.output = 0;
  }
  return {usage, read.unbelievable()};
}

void WriteGeminiUsage(const Usage& usage, JsonWriter& json) {
  const auto input = InputOf(usage).value_or(0);
  const auto output = OutputOf(usage).value_or(0);
  const auto thoughts = usage.reasoning.value_or(0);
  json.BeginObject().Key("promptTokenCount").Number(input);
  if (const auto cached = usage.cache_read.value_or(0); cached > 0) {
    json.Key("cachedContentTokenCount").Number(cached);
  }
  json.Key("candidatesTokenCount").Number(output - thoughts);
  if (thoughts > 0) json.Key("thoughtsTokenCount").Number(thoughts);
  json.Key("totalTokenCount").Number(input + output).EndObject();
}

}  // namespace weir::dialect
