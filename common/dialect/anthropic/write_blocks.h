// The messages of a Messages request.
#ifndef WEIR_COMMON_DIALECT_ANTHROPIC_WRITE_BLOCKS_H_
#define WEIR_COMMON_DIALECT_ANTHROPIC_WRITE_BLOCKS_H_

#include <optional>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {

// Writes the array. 400 not_translatable where a part has no block.
std::optional<ApiError> WriteBlocks(const canonical::Request& request,
                                    JsonWriter& json);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_ANTHROPIC_WRITE_BLOCKS_H_
