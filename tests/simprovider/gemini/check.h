// What Gemini refuses in a request.
#ifndef WEIR_TESTS_SIMPROVIDER_GEMINI_CHECK_H_
#define WEIR_TESTS_SIMPROVIDER_GEMINI_CHECK_H_

#include <simdjson.h>

#include <optional>
#include <string>

namespace weir::simprovider {

// What a 400 says of the first fault found, in Google's words where they are
// known; nullopt: none.
std::optional<std::string> GeminiFault(simdjson::dom::element request);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_GEMINI_CHECK_H_
