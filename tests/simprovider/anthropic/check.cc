#include "tests/simprovider/anthropic/check.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "bench/text/text.h"
#include "tests/simprovider/anthropic/check_messages.h"
#include "tests/simprovider/dialect/json_members.h"

namespace weir::simprovider {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;
using Fault = std::optional<std::string>;

constexpr int kMinBudget = 1024;

constexpr auto kKnownFields = std::to_array<std::string_view>(
    {"model",         "messages",       "max_tokens",
     "cache_control", "container",      "context_management",
     "diagnostics",   "inference_geo",  "mcp_servers",
     "metadata",      "output_config",  "service_tier",
     "speed",         "stop_sequences", "stream",
     "system",        "temperature",    "thinking",
     "tool_choice",   "tools",          "top_k",
     "top_p",         "user_profile_id"});

Fault UnknownField(element request) {
  for (const auto& member : object(request)) {
    if (std::find(kKnownFields.begin(), kKnownFields.end(), member.key) ==
        kKnownFields.end()) {
      return text::Cat(member.key, ": Extra inputs are not permitted");
    }
  }
  return std::nullopt;
}

Fault RequiredFields(element request, Endpoint endpoint) {
  for (const char* name : {"model", "messages"}) {
    if (!MemberOf(request, name)) return text::Cat(name, ": Field required");
  }
  if (StringAt(request, "model").empty()) {
    return "model: Input should be a valid string";
  }
  if (endpoint == Endpoint::kCountTokens) return std::nullopt;
  if (!MemberOf(request, "max_tokens")) return "max_tokens: Field required";
  if (IntegerAt(request, "max_tokens").value_or(0) < 1) {
    return "max_tokens: Input should be greater than or equal to 1";
  }
  return std::nullopt;
}

bool IsBlank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isspace(static_cast<unsigned char>(c));
  });
}

Fault Sampling(element request) {
  for (const char* name : {"temperature", "top_p"}) {
    const auto value = MemberOf(request, name);
    const double number = NumberAt(request, name).value_or(-1);
    if (value && (number < 0 || number > 1)) {
      return text::Cat(name, ": range: 0..1");
    }
  }
  for (const element stop : ItemsAt(request, "stop_sequences")) {
    std::string_view text;
    if (stop.get(text) != simdjson::SUCCESS || IsBlank(text)) {
      return "stop_sequences: each stop sequence must contain non-whitespace";
    }
  }
  return std::nullopt;
}

Fault Thinking(element request) {
  const auto thinking = MemberOf(request, "thinking");
  if (!thinking) return std::nullopt;
  const std::string type = StringAt(*thinking, "type");
  if (type == "disabled") return std::nullopt;
  if (type != "enabled" && type != "adaptive") {
    return "thinking: Input tag found using 'type' does not match any of the "
           "expected tags: 'adaptive', 'disabled', 'enabled'";
  }
  if (type == "enabled") {
    const std::int64_t budget =
        IntegerAt(*thinking, "budget_tokens").value_or(0);
    if (budget < kMinBudget) {
      return "thinking.enabled.budget_tokens: Input should be greater than or "
             "equal to 1024";
    }
    const auto limit = IntegerAt(request, "max_tokens");
    if (limit && *limit <= budget) {
      return "`max_tokens` must be greater than `thinking.budget_tokens`.";
    }
  }
  if (NumberAt(request, "temperature").value_or(1) != 1) {
    return "`temperature` may only be set to 1 when thinking is enabled.";
  }
  if (MemberOf(request, "top_k")) {
    return "`top_k` must be unset when thinking is enabled.";
  }
  const auto choice = MemberOf(request, "tool_choice");
  const std::string kind = choice ? StringAt(*choice, "type") : "auto";
  if (kind == "any" || kind == "tool") {
    return "Thinking may not be enabled when tool_choice forces tool use.";
  }
  return std::nullopt;
}

bool IsToolName(std::string_view name) {
  return !name.empty() && name.size() <= 128 && IsIdentifier(name);
}

Fault Tools(element request) {
  std::size_t index = 0;
  std::vector<std::string> names;
  for (const element tool : ItemsAt(request, "tools")) {
    const std::string place = text::Cat("tools.", index++);
    const std::string type = StringAt(tool, "type");
    names.push_back(StringAt(tool, "name"));
    if (!IsToolName(names.back())) {
      return text::Cat(place,
                       ".custom.name: String should match pattern "
                       "'^[a-zA-Z0-9_-]{1,128}$'");
    }
    if (!type.empty() && type != "custom") continue;
    const auto schema = MemberOf(tool, "input_schema");
    if (!schema) {
      return text::Cat(place, ".custom.input_schema: Field required");
    }
    if (StringAt(*schema, "type") != "object") {
      return text::Cat(place,
                       ".custom.input_schema.type: Input should be 'object'");
    }
  }
  const auto choice = MemberOf(request, "tool_choice");
  if (!choice) return std::nullopt;
  if (names.empty()) {
    return "tool_choice: may only be specified while providing tools";
  }
  const std::string kind = StringAt(*choice, "type");
  static constexpr auto kKinds =
      std::to_array<std::string_view>({"auto", "any", "tool", "none"});
  if (std::find(kKinds.begin(), kKinds.end(), kind) == kKinds.end()) {
    return "tool_choice: Input tag found using 'type' does not match any of "
           "the expected tags: 'auto', 'any', 'tool', 'none'";
  }
  const std::string name = StringAt(*choice, "name");
  if (kind == "tool" &&
      std::find(names.begin(), names.end(), name) == names.end()) {
    return text::Cat("Tool '", name, "' not found in provided tools");
  }
  return std::nullopt;
}

Fault System(element request) {
  const auto system = MemberOf(request, "system");
  if (!system || system->is_string()) return std::nullopt;
  if (!system->is_array()) return "system: Input should be a valid list";
  for (const element block : ItemsAt(request, "system")) {
    if (StringAt(block, "type") != "text" || StringAt(block, "text").empty()) {
      return "system: text content blocks must be non-empty";
    }
  }
  return std::nullopt;
}

}  // namespace

Fault FaultOf(element request, Endpoint endpoint, Strictness strictness) {
  if (strictness == Strictness::kKnownFieldsOnly) {
    if (Fault fault = UnknownField(request)) return fault;
  }
  if (Fault fault = RequiredFields(request, endpoint)) return fault;
  for (const auto check : {Sampling, Thinking, Tools, System, MessagesFault}) {
    if (Fault fault = check(request)) return fault;
  }
  return std::nullopt;
}

}  // namespace weir::simprovider
