// Token counts as Gemini's API gives them.
#ifndef WEIR_COMMON_DIALECT_GEMINI_GEMINI_USAGE_H_
#define WEIR_COMMON_DIALECT_GEMINI_GEMINI_USAGE_H_

#include <simdjson.h>

#include "common/dialect/canonical/usage.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {

// From the object called `usageMetadata`. Every event of a stream has one; the
// last is of the whole.
canonical::UsageReading ReadGeminiUsage(const simdjson::dom::object& counts);

// The object called `usageMetadata`.
void WriteGeminiUsage(const canonical::Usage& usage, JsonWriter& json);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_GEMINI_GEMINI_USAGE_H_
