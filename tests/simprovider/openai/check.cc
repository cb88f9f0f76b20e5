#include "tests/simprovider/openai/check.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "bench/text/text.h"
#include "tests/simprovider/dialect/json_members.h"

namespace weir::simprovider {
namespace {

using simdjson::dom::element;

std::string Unanswered(const std::vector<std::string>& ids) {
  return text::Cat(
      "An assistant message with 'tool_calls' must be followed by tool "
      "messages "
      "responding to each 'tool_call_id'. The following tool_call_ids did not "
      "have response messages: ",
      ids.front());
}

std::optional<std::string> CallFault(element call, std::size_t message) {
  element arguments;
  if (call["function"]["arguments"].get(arguments) == simdjson::SUCCESS &&
      !arguments.is_string()) {
    return text::Cat("Invalid type for 'messages[", message,
                     "].tool_calls[].function.arguments': expected a string");
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> ChatFault(element request) {
  std::vector<std::string> open;
  std::size_t index = 0;
  for (const element message : ItemsAt(request, "messages")) {
    if (StringAt(message, "role") == "tool") {
      const auto found = std::find(open.begin(), open.end(),
                                   StringAt(message, "tool_call_id"));
      if (found == open.end()) {
        return text::Cat(
            "Invalid parameter: messages with role 'tool' must be a response "
            "to a preceeding message with 'tool_calls'. (messages[",
            index, "])");
      }
      open.erase(found);
    } else if (!open.empty()) {
      return Unanswered(open);
    }
    for (const element call : ItemsAt(message, "tool_calls")) {
      if (auto fault = CallFault(call, index)) return fault;
      open.push_back(StringAt(call, "id"));
    }
    ++index;
  }
  if (!open.empty()) return Unanswered(open);
  return std::nullopt;
}

}  // namespace weir::simprovider
