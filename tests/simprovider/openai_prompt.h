// What a request in OpenAI's shapes asks for.
#ifndef WEIR_TESTS_SIMPROVIDER_OPENAI_PROMPT_H_
#define WEIR_TESTS_SIMPROVIDER_OPENAI_PROMPT_H_

#include <simdjson.h>

#include <optional>
#include <string>

#include "tests/simprovider/tool_call.h"

namespace weir::simprovider {

struct OpenAiPrompt {
  enum class Delivery { kWhole, kStream };
  enum class Usage { kOmit, kInclude };  // In a stream.

  std::string model;
  Delivery delivery = Delivery::kWhole;
  Usage usage = Usage::kOmit;
  // A quarter of the body's bytes: rough, but the same for the same request.
  int prompt_tokens = 0;
  int completion_tokens = 0;
  // Whether the request's own limit made the answer shorter.
  bool limited = false;
  std::optional<ToolCall> call;
};

// `body_bytes`: the size of the body that `request` was read from. `tokens`:
// the length of an answer that the request does not limit.
OpenAiPrompt ReadOpenAiPrompt(simdjson::dom::element request,
                              std::size_t body_bytes, int tokens);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_OPENAI_PROMPT_H_
