// What a request in OpenAI's shapes asks for: chat, completions or Responses.
#ifndef WEIR_TESTS_SIMPROVIDER_OPENAI_READ_ASK_H_
#define WEIR_TESTS_SIMPROVIDER_OPENAI_READ_ASK_H_

#include <simdjson.h>

#include <cstddef>

#include "tests/simprovider/dialect/ask.h"

namespace weir::simprovider {

struct OpenAiAsk {
  enum class Usage { kOmit, kInclude };  // In a stream.

  Ask ask;
  Usage usage = Usage::kOmit;
};

// `body_bytes`: the size of the body that `request` was read from.
OpenAiAsk ReadOpenAiAsk(simdjson::dom::element request, std::size_t body_bytes);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_OPENAI_READ_ASK_H_
