// Token counts out of a provider's JSON.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_USAGE_COUNTS_H_
#define WEIR_COMMON_DIALECT_CANONICAL_USAGE_COUNTS_H_

#include <simdjson.h>

#include <cstdint>
#include <string_view>

#include "common/dialect/canonical/flat_object.h"
#include "common/dialect/canonical/usage.h"

namespace weir::dialect::canonical {

// Reads counts and remembers what can't be believed.
class UsageCounts {
 public:
  // The number that `value` is; absent where it is null or no count.
  Tokens Read(const simdjson::dom::element& value);
  Tokens Read(const FlatValue& value);
  // The same for the member `name`, which may be missing.
  Tokens Read(const simdjson::dom::object& counts, std::string_view name);
  Tokens Read(const FlatObject& counts, std::string_view name);

  // Takes `part` out of `whole`, which includes it. A part that is larger than
  // its whole, or that has none, is forgotten.
  void TakeOut(Tokens& part, Tokens& whole);

  std::uint32_t unbelievable() const { return unbelievable_; }

 private:
  std::uint32_t unbelievable_ = 0;
};

// Whether `value` is an object, which `object` is then.
inline bool IsObject(const simdjson::dom::element& value,
                     simdjson::dom::object& object) {
  return value.get(object) == simdjson::SUCCESS;
}
inline bool IsObject(const FlatValue& value, FlatObject& object) {
  if (value.kind != FlatValue::Kind::kObject) return false;
  object = value.members;
  return true;
}

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_USAGE_COUNTS_H_
