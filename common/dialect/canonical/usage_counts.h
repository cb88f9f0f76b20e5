// Token counts out of a provider's JSON.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_USAGE_COUNTS_H_
#define WEIR_COMMON_DIALECT_CANONICAL_USAGE_COUNTS_H_

#include <simdjson.h>

#include <cstdint>
#include <string_view>

#include "common/dialect/canonical/usage.h"

namespace weir::dialect::canonical {

// Reads counts and remembers what can't be believed.
class UsageCounts {
 public:
  // The number that `value` is; absent where it is null or no count.
  Tokens Read(const simdjson::dom::element& value);
  // The same for the member `name`, which may be missing.
  Tokens Read(const simdjson::dom::object& counts, std::string_view name);

  // Takes `part` out of `whole`, which includes it. A part that is larger than
  // its whole, or that has none, is forgotten.
  void TakeOut(Tokens& part, Tokens& whole);

  std::uint32_t unbelievable() const { return unbelievable_; }

 private:
  std::uint32_t unbelievable_ = 0;
};

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_USAGE_COUNTS_H_
