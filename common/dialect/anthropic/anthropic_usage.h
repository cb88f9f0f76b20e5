// Token counts as Anthropic's API gives them.
#ifndef WEIR_COMMON_DIALECT_ANTHROPIC_ANTHROPIC_USAGE_H_
#define WEIR_COMMON_DIALECT_ANTHROPIC_ANTHROPIC_USAGE_H_

#include <simdjson.h>

#include "common/dialect/canonical/flat_object.h"
#include "common/dialect/canonical/usage.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {

// From the object called `usage`. Those of a stream are cumulative: what its
// end says takes the place of what its begin said (canonical::Overlay).
canonical::UsageReading ReadAnthropicUsage(const simdjson::dom::object& counts);
canonical::UsageReading ReadAnthropicUsage(const canonical::FlatObject& counts);

// The object called `usage`.
void WriteAnthropicUsage(const canonical::Usage& usage, JsonWriter& json);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_ANTHROPIC_ANTHROPIC_USAGE_H_
