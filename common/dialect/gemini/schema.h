// Gemini's older schemas are a subset of OpenAPI's, whose types are in capital
// letters.
#ifndef WEIR_COMMON_DIALECT_GEMINI_SCHEMA_H_
#define WEIR_COMMON_DIALECT_GEMINI_SCHEMA_H_

#include <simdjson.h>

#include <string>

namespace weir::dialect {

// The same as a JSON schema, as every other API has them.
std::string JsonSchemaOf(const simdjson::dom::element& schema);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_GEMINI_SCHEMA_H_
