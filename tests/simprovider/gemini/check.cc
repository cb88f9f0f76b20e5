#include "tests/simprovider/gemini/check.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "bench/text/text.h"
#include "tests/simprovider/dialect/json_members.h"
#include "tests/simprovider/gemini/check_contents.h"
#include "tests/simprovider/gemini/known_fields.h"
#include "tests/simprovider/gemini/read_ask.h"

namespace weir::simprovider {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;
using Fault = std::optional<std::string>;

constexpr std::size_t kMaxStops = 5;
constexpr std::size_t kMaxName = 64;
constexpr double kMaxTemperature = 2;

// `schema` in the subset of OpenAPI.
Fault SchemaFault(element schema, const std::string& place) {
  if (Fault fault = UnknownField(schema, place, kSchemaFields)) return fault;
  if (const auto type = MemberOf(schema, "type"); type && !type->is_string()) {
    return text::Cat(
        "Invalid value at '", place,
        ".type': Proto field is not repeating, cannot start list.");
  }
  for (const element value : ItemsAt(schema, "enum")) {
    if (!value.is_string()) {
      return text::Cat("Invalid value at '", place, ".enum[0]' (TYPE_STRING)");
    }
  }
  if (const auto items = MemberOf(schema, "items")) {
    if (Fault fault = SchemaFault(*items, place + ".items")) return fault;
  }
  for (const element option : ItemsAt(schema, "anyOf")) {
    if (Fault fault = SchemaFault(option, place + ".any_of[0]")) return fault;
  }
  object properties;
  if (schema["properties"].get(properties) == simdjson::SUCCESS) {
    for (const auto& property : properties) {
      if (Fault fault = SchemaFault(
              property.value,
              text::Cat(place, ".properties[", property.key, "]"))) {
        return fault;
      }
    }
  }
  return std::nullopt;
}

bool IsFunctionName(std::string_view name) {
  const auto fits = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("_.-:").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= kMaxName &&
         (absl::ascii_isalpha(static_cast<unsigned char>(name[0])) ||
          name[0] == '_') &&
         std::all_of(name.begin(), name.end(), fits);
}

Fault FunctionFault(element function, const std::string& place) {
  if (Fault fault = UnknownField(function, place, kFunctionFields)) {
    return fault;
  }
  if (!IsFunctionName(StringAt(function, "name"))) {
    return text::Cat("* GenerateContentRequest.", place,
                     ".name: [FIELD_INVALID] Invalid function name. Must start "
                     "with a letter or an underscore.");
  }
  const auto parameters = MemberOf(function, "parameters");
  return parameters ? SchemaFault(*parameters, place + ".parameters")
                    : std::nullopt;
}

Fault ToolsFault(element request) {
  std::size_t tool_index = 0;
  for (const element tool : ItemsAt(request, "tools")) {
    const std::string place = text::Cat("tools[", tool_index++, "]");
    if (Fault fault = UnknownField(tool, place, kToolFields)) return fault;
    array functions;
    if (const auto declared = EitherCase(tool, "functionDeclarations");
        !declared || declared->get(functions) != simdjson::SUCCESS) {
      continue;
    }
    std::size_t index = 0;
    for (const element function : functions) {
      if (Fault fault = FunctionFault(
              function,
              text::Cat(place, ".function_declarations[", index++, "]"))) {
        return fault;
      }
    }
  }
  const auto config = EitherCase(request, "toolConfig");
  if (!config) return std::nullopt;
  const auto calling = EitherCase(*config, "functionCallingConfig");
  if (!calling) return std::nullopt;
  const std::string mode = StringAt(*calling, "mode");
  if (mode != "AUTO" && mode != "ANY" && mode != "NONE" &&
      mode != "VALIDATED") {
    return "Invalid value at 'tool_config.function_calling_config.mode'";
  }
  if (EitherCase(*calling, "allowedFunctionNames") && mode != "ANY" &&
      mode != "VALIDATED") {
    return "allowed_function_names should only be set when the Function "
           "Calling mode is ANY or VALIDATED";
  }
  return std::nullopt;
}

// The JSON schemas and what they need beside them.
Fault FormatFault(element config) {
  const auto schema = EitherCase(config, "responseSchema");
  const auto json_schema = EitherCase(config, "responseJsonSchema");
  if (!schema && !json_schema) return std::nullopt;
  std::string_view type;
  const auto mime = EitherCase(config, "responseMimeType");
  if (!mime || mime->get(type) != simdjson::SUCCESS ||
      type != "application/json") {
    return "response_schema is only supported with response mime type "
           "application/json";
  }
  if (schema && json_schema) {
    return "Only one of response_schema and response_json_schema may be set.";
  }
  return schema ? SchemaFault(*schema, "generation_config.response_schema")
                : std::nullopt;
}

Fault ConfigFault(element request) {
  const auto config = EitherCase(request, "generationConfig");
  if (!config) return std::nullopt;
  if (Fault fault = UnknownField(*config, "generation_config", kConfigFields)) {
    return fault;
  }
  if (array stops;
      config->at_key("stopSequences").get(stops) == simdjson::SUCCESS &&
      stops.size() > kMaxStops) {
    return "The stop_sequences field allows at most 5 entries.";
  }
  const double temperature = NumberAt(*config, "temperature").value_or(0);
  if (temperature < 0 || temperature > kMaxTemperature) {
    return "* GenerateContentRequest.generation_config.temperature: "
           "temperature must be in the range [0.0, 2.0].";
  }
  if (IntegerAt(*config, "maxOutputTokens").value_or(1) < 1) {
    return "max_output_tokens must be positive.";
  }
  if (IntegerAt(*config, "candidateCount").value_or(1) != 1) {
    return "Multiple candidates is not enabled for this model";
  }
  return FormatFault(*config);
}

}  // namespace

Fault GeminiFault(element request) {
  if (Fault fault = UnknownField(request, "", kRequestFields)) return fault;
  for (const auto check : {ConfigFault, ToolsFault, ContentsFault}) {
    if (Fault fault = check(request)) return fault;
  }
  return std::nullopt;
}

}  // namespace weir::simprovider
