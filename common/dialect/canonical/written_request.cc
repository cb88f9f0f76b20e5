#include "common/dialect/canonical/written_request.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "common/concat.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"

namespace weir::dialect::canonical {

void Drop(std::string_view name, WrittenRequest& written) {
  auto& dropped = written.dropped;
  if (std::find(dropped.begin(), dropped.end(), name) == dropped.end()) {
    dropped.push_back(name);
  }
}

ApiError CannotSay(std::string_view path, std::string_view why) {
  return {400, "not_translatable", Concat("`", path, "` ", why, ".")};
}

Turns TurnsOf(const Request& request) {
  Turns turns;
  for (const Message& message : request.messages) {
    if (turns.empty() || turns.back().role != message.role) {
      turns.push_back({message.role, {}});
    }
    for (const Part& part : message.parts) {
      const auto* text = std::get_if<Text>(&part.value);
      // Anthropic's API refuses blank text, and nobody misses it.
      if (text != nullptr && text->text.empty()) continue;
      turns.back().parts.push_back(&part);
    }
  }
  turns.erase(
      std::remove_if(turns.begin(), turns.end(),
                     [](const Turn& turn) { return turn.parts.empty(); }),
      turns.end());
  return turns;
}

std::vector<std::string_view> CallsWithoutTool(const Request& request) {
  std::vector<std::string_view> names;
  const auto has_tool = [&request](std::string_view name) {
    return std::any_of(request.tools.begin(), request.tools.end(),
                       [name](const Tool& tool) { return tool.name == name; });
  };
  for (const Message& message : request.messages) {
    for (const Part& part : message.parts) {
      const auto* call = std::get_if<ToolCall>(&part.value);
      if (call == nullptr || has_tool(call->name) ||
          std::find(names.begin(), names.end(), call->name) != names.end()) {
        continue;
      }
      names.push_back(call->name);
    }
  }
  return names;
}

// Google's own table for its OpenAI-compatible API; Anthropic's least budget is
// the 1024 of `low`.
std::optional<std::uint64_t> ThinkingBudget(const Reasoning& reasoning) {
  if (reasoning.effort == "none" || reasoning.effort == "minimal") {
    return std::nullopt;
  }
  if (reasoning.budget_tokens.has_value()) return reasoning.budget_tokens;
  if (reasoning.effort == "low") return 1024;
  if (reasoning.effort == "high") return 24'576;
  if (reasoning.effort == "xhigh" || reasoning.effort == "max") return 32'768;
  return 8192;
}

std::string_view ThinkingEffort(const Reasoning& reasoning) {
  if (!reasoning.effort.empty()) return reasoning.effort;
  const std::uint64_t tokens = reasoning.budget_tokens.value_or(8192);
  if (tokens <= 2048) return "low";
  return tokens <= 16'384 ? "medium" : "high";
}

}  // namespace weir::dialect::canonical
