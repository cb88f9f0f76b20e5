// About how many tokens a request takes in, where nobody can count them.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_TOKEN_ESTIMATE_H_
#define WEIR_COMMON_DIALECT_CANONICAL_TOKEN_ESTIMATE_H_

#include <cstdint>

#include "common/dialect/canonical/request.h"

namespace weir::dialect::canonical {

// At least 1. By rules of thumb, whatever the model: text counts by its bytes,
// images by the piece, documents and sounds by how long they are likely to be.
std::uint64_t EstimateTokens(const Request& request);

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_TOKEN_ESTIMATE_H_
