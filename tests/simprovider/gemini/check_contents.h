// What Gemini refuses in the contents of a request: turns, parts, and how calls
// and their responses must stand to each other.
#ifndef WEIR_TESTS_SIMPROVIDER_GEMINI_CHECK_CONTENTS_H_
#define WEIR_TESTS_SIMPROVIDER_GEMINI_CHECK_CONTENTS_H_

#include <simdjson.h>

#include <optional>
#include <string>

namespace weir::simprovider {

// As GeminiFault(); the system instruction counts as a content.
std::optional<std::string> ContentsFault(simdjson::dom::element request);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_GEMINI_CHECK_CONTENTS_H_
