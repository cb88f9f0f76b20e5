#include "tests/simprovider/openai_prompt.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace weir::simprovider {
namespace {

using simdjson::dom::element;

bool IsTrue(simdjson::simdjson_result<element> value) {
  bool set = false;
  return value.get(set) == simdjson::SUCCESS && set;
}

// Completions, chat and Responses each have their own name for it.
std::optional<std::int64_t> TokenLimit(element request) {
  for (const char* name :
       {"max_tokens", "max_completion_tokens", "max_output_tokens"}) {
    std::int64_t limit;
    if (request[name].get(limit) == simdjson::SUCCESS && limit > 0) {
      return limit;
    }
  }
  return std::nullopt;
}

}  // namespace

OpenAiPrompt ReadOpenAiPrompt(element request, std::size_t body_bytes,
                              int tokens) {
  OpenAiPrompt prompt;
  if (std::string_view model;
      request["model"].get(model) == simdjson::SUCCESS) {
    prompt.model = std::string(model);
  }
  if (IsTrue(request["stream"])) {
    prompt.delivery = OpenAiPrompt::Delivery::kStream;
  }
  if (IsTrue(request["stream_options"]["include_usage"])) {
    prompt.usage = OpenAiPrompt::Usage::kInclude;
  }
  prompt.prompt_tokens =
      static_cast<int>(std::max<std::size_t>(1, body_bytes / 4));
  prompt.call = CallFor(request);
  prompt.completion_tokens = tokens;
  if (const auto limit = TokenLimit(request); limit && *limit < tokens) {
    prompt.completion_tokens = static_cast<int>(*limit);
    prompt.limited = !prompt.call.has_value();
  }
  return prompt;
}

}  // namespace weir::simprovider
