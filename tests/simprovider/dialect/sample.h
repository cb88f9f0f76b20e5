// Values that fit a JSON schema.
#ifndef WEIR_TESTS_SIMPROVIDER_DIALECT_SAMPLE_H_
#define WEIR_TESTS_SIMPROVIDER_DIALECT_SAMPLE_H_

#include <simdjson.h>

#include <string>

namespace weir::simprovider {

// A value that roughly fits a schema: required properties (all, where none is
// said to be required), the first of what is enumerated, one element an array.
// Types may be in capitals, as Gemini writes them. Local references are
// followed; nesting stops at a depth of 16.
std::string SampleOf(simdjson::dom::element schema);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_DIALECT_SAMPLE_H_
