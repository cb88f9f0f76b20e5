// Anthropic's `/messages/count_tokens`.
#ifndef WEIR_COMMON_DIALECT_ANTHROPIC_MESSAGES_COUNT_H_
#define WEIR_COMMON_DIALECT_ANTHROPIC_MESSAGES_COUNT_H_

#include "common/dialect/token_count.h"

namespace weir::dialect {

const TokenCount& MessagesCount();

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_ANTHROPIC_MESSAGES_COUNT_H_
