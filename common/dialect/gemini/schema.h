// Gemini's older schemas are a subset of OpenAPI's, whose types are in capital
// letters.
#ifndef WEIR_COMMON_DIALECT_GEMINI_SCHEMA_H_
#define WEIR_COMMON_DIALECT_GEMINI_SCHEMA_H_

#include <string_view>

#include "common/dialect/canonical/json_field.h"

namespace weir::dialect {

// The same as a JSON schema, as every other API has them, kept with the
// request. Fails `field` where it is no object.
std::string_view JsonSchemaAt(const canonical::Field& field);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_GEMINI_SCHEMA_H_
