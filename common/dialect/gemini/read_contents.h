// The turns of a generateContent request.
#ifndef WEIR_COMMON_DIALECT_GEMINI_READ_CONTENTS_H_
#define WEIR_COMMON_DIALECT_GEMINI_READ_CONTENTS_H_

#include "common/dialect/canonical/json_field.h"
#include "common/dialect/canonical/request.h"

namespace weir::dialect {

// Calls get ids here, and responses find theirs by name and order, because
// most clients of this API send none. What is wrong fails the field's Reading.
void ReadContents(const canonical::Field& field, canonical::Request& request);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_GEMINI_READ_CONTENTS_H_
