// The way back: a chat completion's request.
#ifndef WEIR_COMMON_DIALECT_OPENAI_WRITE_CHAT_REQUEST_H_
#define WEIR_COMMON_DIALECT_OPENAI_WRITE_CHAT_REQUEST_H_

#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"

namespace weir::dialect {

// 400 not_translatable with the path where this API can't say something.
canonical::WriteResult WriteChatRequest(const canonical::Request& request,
                                        const canonical::WriteTarget& target);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_OPENAI_WRITE_CHAT_REQUEST_H_
