// The messages of a chat completion's request.
#ifndef WEIR_COMMON_DIALECT_OPENAI_WRITE_CHAT_MESSAGES_H_
#define WEIR_COMMON_DIALECT_OPENAI_WRITE_CHAT_MESSAGES_H_

#include <optional>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {

// Writes the array, and notes in `written` what is left out. Images in a tool's
// result, which this API has no place for, follow as the user's. 400
// not_translatable where a part can't be said.
std::optional<ApiError> WriteChatMessages(const canonical::Request& request,
                                          canonical::WrittenRequest& written,
                                          JsonWriter& json);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_OPENAI_WRITE_CHAT_MESSAGES_H_
