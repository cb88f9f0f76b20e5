// What a request in Gemini's shapes asks for.
#ifndef WEIR_TESTS_SIMPROVIDER_GEMINI_READ_ASK_H_
#define WEIR_TESTS_SIMPROVIDER_GEMINI_READ_ASK_H_

#include <simdjson.h>

#include <cstddef>
#include <optional>
#include <string_view>

#include "tests/simprovider/dialect/ask.h"

namespace weir::simprovider {

struct GeminiAsk {
  // Thoughts are counted in any case.
  enum class Thoughts { kHidden, kShown };

  Ask ask;
  Thoughts thoughts = Thoughts::kHidden;
};

// `model`: from the path. `body_bytes`: the size of the body that `request` was
// read from.
GeminiAsk ReadGeminiAsk(simdjson::dom::element request, std::string_view model,
                        std::size_t body_bytes);

// A member by its name in camelCase or in snake_case: the API takes both.
std::optional<simdjson::dom::element> EitherCase(simdjson::dom::element value,
                                                 std::string_view camel);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_GEMINI_READ_ASK_H_
