// The way back: a request of the Messages API.
#ifndef WEIR_COMMON_DIALECT_ANTHROPIC_WRITE_MESSAGES_REQUEST_H_
#define WEIR_COMMON_DIALECT_ANTHROPIC_WRITE_MESSAGES_REQUEST_H_

#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"

namespace weir::dialect {

// 400 max_tokens_required where nobody said how long an answer may be, 400
// not_translatable with the path where this API can't say something.
canonical::WriteResult WriteMessagesRequest(
    const canonical::Request& request, const canonical::WriteTarget& target);

// The same for a count of its tokens, which wants no limit.
canonical::WriteResult WriteMessagesCount(const canonical::Request& request,
                                          const canonical::WriteTarget& target);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_ANTHROPIC_WRITE_MESSAGES_REQUEST_H_
