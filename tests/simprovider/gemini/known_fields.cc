#include "tests/simprovider/gemini/known_fields.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "bench/text/text.h"

namespace weir::simprovider {
namespace {

// https://ai.google.dev/api/generate-content
constexpr std::string_view kRequest[] = {
    "model",      "contents",       "systemInstruction", "tools",
    "toolConfig", "safetySettings", "generationConfig",  "cachedContent",
    "serviceTier"};
constexpr std::string_view kConfig[] = {"stopSequences",
                                        "responseMimeType",
                                        "responseSchema",
                                        "responseJsonSchema",
                                        "responseModalities",
                                        "candidateCount",
                                        "maxOutputTokens",
                                        "temperature",
                                        "topP",
                                        "topK",
                                        "seed",
                                        "presencePenalty",
                                        "frequencyPenalty",
                                        "responseLogprobs",
                                        "logprobs",
                                        "speechConfig",
                                        "thinkingConfig",
                                        "mediaResolution",
                                        "imageConfig",
                                        "enableEnhancedCivicAnswers"};
constexpr std::string_view kPart[] = {"text",
                                      "inlineData",
                                      "fileData",
                                      "functionCall",
                                      "functionResponse",
                                      "executableCode",
                                      "codeExecutionResult",
                                      "thought",
                                      "thoughtSignature",
                                      "videoMetadata",
                                      "partMetadata",
                                      "mediaResolution"};
constexpr std::string_view kTool[] = {
    "functionDeclarations", "googleSearch", "googleSearchRetrieval",
    "codeExecution",        "urlContext",   "computerUse",
    "fileSearch",           "googleMaps"};
constexpr std::string_view kFunction[] = {"name",
                                          "description",
                                          "behavior",
                                          "parameters",
                                          "parametersJsonSchema",
                                          "response",
                                          "responseJsonSchema"};
constexpr std::string_view kSchema[] = {
    "type",      "format",          "title",         "description", "nullable",
    "enum",      "maxItems",        "minItems",      "properties",  "required",
    "minLength", "minProperties",   "maxProperties", "maxLength",   "pattern",
    "example",   "anyOf",           "default",       "items",       "minimum",
    "maximum",   "propertyOrdering"};

// Whether `name` is `camel`, or `camel` in snake_case.
bool IsName(std::string_view name, std::string_view camel) {
  std::size_t at = 0;
  for (const char c : camel) {
    const bool upper = absl::ascii_isupper(static_cast<unsigned char>(c));
    if (upper && at < name.size() && name[at] == '_') ++at;
    if (at == name.size()) return false;
    const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
    if (name[at] != c && name[at] != lower) return false;
    ++at;
  }
  return at == name.size();
}

}  // namespace

const absl::Span<const std::string_view> kRequestFields = kRequest;
const absl::Span<const std::string_view> kConfigFields = kConfig;
const absl::Span<const std::string_view> kPartFields = kPart;
const absl::Span<const std::string_view> kToolFields = kTool;
const absl::Span<const std::string_view> kFunctionFields = kFunction;
const absl::Span<const std::string_view> kSchemaFields = kSchema;

std::optional<std::string> UnknownField(
    simdjson::dom::element message, std::string_view place,
    absl::Span<const std::string_view> known) {
  simdjson::dom::object members;
  if (message.get(members) != simdjson::SUCCESS) {
    return text::Cat("Invalid value at '", place, "'");
  }
  for (const auto& member : members) {
    const bool found = std::any_of(
        known.begin(), known.end(),
        [&](std::string_view camel) { return IsName(member.key, camel); });
    if (found) continue;
    return text::Cat("Invalid JSON payload received. Unknown name \"",
                     member.key, "\"",
                     place.empty() ? "" : text::Cat(" at '", place, "'"),
                     ": Cannot find field.");
  }
  return std::nullopt;
}

}  // namespace weir::simprovider
