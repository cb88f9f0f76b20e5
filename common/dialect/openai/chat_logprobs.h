// Log probabilities as OpenAI's two APIs have them.
#ifndef WEIR_COMMON_DIALECT_OPENAI_CHAT_LOGPROBS_H_
#define WEIR_COMMON_DIALECT_OPENAI_CHAT_LOGPROBS_H_

#include <simdjson.h>

#include "common/dialect/canonical/logprobs.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {

// What the member `logprobs` of a choice says of its text; empty where it says
// nothing. Of refusals it is left out.
canonical::Logprobs ReadChatLogprobs(const simdjson::dom::object& choice);

// Adds `logprobs` to an array that is open.
void WriteTokenLogprobs(const canonical::Logprobs& logprobs, JsonWriter& json);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_OPENAI_CHAT_LOGPROBS_H_
