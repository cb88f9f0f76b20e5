// What a request in Anthropic's shapes asks for.
#ifndef WEIR_TESTS_SIMPROVIDER_ANTHROPIC_READ_ASK_H_
#define WEIR_TESTS_SIMPROVIDER_ANTHROPIC_READ_ASK_H_

#include <simdjson.h>

#include <cstddef>

#include "tests/simprovider/dialect/ask.h"

namespace weir::simprovider {

struct AnthropicAsk {
  // How long what the request wants cached is kept.
  enum class CacheWrite { kNone, kFiveMinutes, kOneHour };

  Ask ask;
  CacheWrite cache_write = CacheWrite::kNone;
};

// `body_bytes`: the size of the body that `request` was read from.
AnthropicAsk ReadAnthropicAsk(simdjson::dom::element request,
                              std::size_t body_bytes);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_ANTHROPIC_READ_ASK_H_
