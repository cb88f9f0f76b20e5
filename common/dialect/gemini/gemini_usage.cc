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
Tokens OfModality(const dom::object& counts, std::string_view details,
                  std::string_view modality, UsageCounts& read) {
  const auto list = canonical::ArrayAt(counts, details);
  if (!list.has_value()) return {};
  for (const dom::element element : *list) {
    dom::object detail;
    if (element.get(detail)) continue;
    if (canonical::StringAt(detail, "modality") == modality) {
      return read.Read(detail, "tokenCount");
    }
  }
  return {};
}

}  // namespace

// The prompt includes what was cached, not what tools brought; candidates leave
// out thoughts.
canonical::UsageReading ReadGeminiUsage(const dom::object& counts) {
  UsageCounts read;
  Usage usage;
  usage.fresh_input = read.Read(counts, "promptTokenCount");
  usage.cache_read = read.Read(counts, "cachedContentTokenCount");
  usage.audio_input = OfModality(counts, "promptTokensDetails", "AUDIO", read);
  usage.image_input = OfModality(counts, "promptTokensDetails", "IMAGE", read);
  read.TakeOut(usage.cache_read, usage.fresh_input);
  read.TakeOut(usage.audio_input, usage.fresh_input);
  read.TakeOut(usage.image_input, usage.fresh_input);
  const Tokens of_tools = read.Read(counts, "toolUsePromptTokenCount");
  if (of_tools.has_value()) {
    usage.fresh_input = usage.fresh_input.value_or(0) + *of_tools;
  }
  usage.output = read.Read(counts, "candidatesTokenCount");
  usage.reasoning = read.Read(counts, "thoughtsTokenCount");
  usage.audio_output =
      OfModality(counts, "candidatesTokensDetails", "AUDIO", read);
  usage.image_output =
      OfModality(counts, "candidatesTokensDetails", "IMAGE", read);
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
