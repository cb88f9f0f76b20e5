// Gemini's `:countTokens`.
#ifndef WEIR_COMMON_DIALECT_GEMINI_GENERATE_COUNT_H_
#define WEIR_COMMON_DIALECT_GEMINI_GENERATE_COUNT_H_

#include "common/dialect/token_count.h"

namespace weir::dialect {

const TokenCount& GenerateCount();

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_GEMINI_GENERATE_COUNT_H_
