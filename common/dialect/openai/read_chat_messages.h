// The messages of a chat completion's request.
#ifndef WEIR_COMMON_DIALECT_OPENAI_READ_CHAT_MESSAGES_H_
#define WEIR_COMMON_DIALECT_OPENAI_READ_CHAT_MESSAGES_H_

#include "common/dialect/canonical/json_field.h"
#include "common/dialect/canonical/request.h"

namespace weir::dialect {

// What is wrong fails the field's Reading.
void ReadChatMessages(const canonical::Field& field,
                      canonical::Request& request);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_OPENAI_READ_CHAT_MESSAGES_H_
