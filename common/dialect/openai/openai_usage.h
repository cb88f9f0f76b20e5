// Token counts as OpenAI's APIs give them.
#ifndef WEIR_COMMON_DIALECT_OPENAI_OPENAI_USAGE_H_
#define WEIR_COMMON_DIALECT_OPENAI_OPENAI_USAGE_H_

#include <simdjson.h>

#include "common/dialect/canonical/flat_object.h"
#include "common/dialect/canonical/usage.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {

// From the object called `usage`, of chat and completions (`prompt_tokens`), of
// responses (`input_tokens`), and with DeepSeek's `prompt_cache_hit_tokens`.
canonical::UsageReading ReadOpenAiUsage(const simdjson::dom::object& counts);
canonical::UsageReading ReadOpenAiUsage(const canonical::FlatObject& counts);

// As chat and completions have it.
void WriteChatUsage(const canonical::Usage& usage, JsonWriter& json);
// As responses have it.
void WriteResponsesUsage(const canonical::Usage& usage, JsonWriter& json);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_OPENAI_OPENAI_USAGE_H_
