// How a generateContent request wants to be answered.
#ifndef WEIR_COMMON_DIALECT_GEMINI_READ_GENERATION_CONFIG_H_
#define WEIR_COMMON_DIALECT_GEMINI_READ_GENERATION_CONFIG_H_

#include "common/dialect/canonical/json_field.h"
#include "common/dialect/canonical/request.h"

namespace weir::dialect {

// What is wrong fails the field's Reading.
void ReadGenerationConfig(const canonical::Field& field,
                          canonical::Request& request);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_GEMINI_READ_GENERATION_CONFIG_H_
