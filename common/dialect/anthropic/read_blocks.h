// The messages of a Messages request, block by block.
#ifndef WEIR_COMMON_DIALECT_ANTHROPIC_READ_BLOCKS_H_
#define WEIR_COMMON_DIALECT_ANTHROPIC_READ_BLOCKS_H_

#include <cstdint>

#include "common/dialect/canonical/json_field.h"
#include "common/dialect/canonical/request.h"

namespace weir::dialect {

// One message. What is wrong fails the field's Reading.
void ReadBlocksMessage(const canonical::Field& field, std::uint32_t index,
                       canonical::Request& request);

// `system`: a string or blocks of text.
void ReadSystemBlocks(const canonical::Field& field,
                      canonical::Request& request);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_ANTHROPIC_READ_BLOCKS_H_
