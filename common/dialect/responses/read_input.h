// `input` of a request of the Responses API.
#ifndef WEIR_COMMON_DIALECT_RESPONSES_READ_INPUT_H_
#define WEIR_COMMON_DIALECT_RESPONSES_READ_INPUT_H_

#include "common/dialect/canonical/json_field.h"
#include "common/dialect/canonical/request.h"

namespace weir::dialect {

// A string or items. What the model made, item by item, becomes one turn. What
// is wrong fails the field's Reading.
void ReadInput(const canonical::Field& field, canonical::Request& request);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_RESPONSES_READ_INPUT_H_
