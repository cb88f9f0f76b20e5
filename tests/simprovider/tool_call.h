// The call of a client's tool that a simulated model makes.
#ifndef WEIR_TESTS_SIMPROVIDER_TOOL_CALL_H_
#define WEIR_TESTS_SIMPROVIDER_TOOL_CALL_H_

#include <simdjson.h>

#include <optional>
#include <string>

namespace weir::simprovider {

struct ToolCall {
  std::string name;
  // A JSON object, as text.
  std::string arguments;
};

// A value that roughly fits a JSON schema: required properties (all, where none
// is said to be required), the first of what is enumerated, one element an
// array. Local references are followed; nesting stops at a depth of 16.
std::string SampleOf(simdjson::dom::element schema);

// The call that answers a request in OpenAI's chat or Responses shape: of the
// tool that `tool_choice` names, or else the first. nullopt: the request has no
// tools, wants none used, or already brings a tool's result.
std::optional<ToolCall> CallFor(simdjson::dom::element request);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_TOOL_CALL_H_
