#include "common/dialect/canonical/usage_counts.h"

#include <simdjson.h>

#include <cstdint>
#include <string_view>

#include "common/dialect/canonical/flat_object.h"
#include "common/dialect/canonical/usage.h"

namespace weir::dialect::canonical {

Tokens UsageCounts::Read(const simdjson::dom::element& value) {
  if (value.is_null()) return {};
  std::uint64_t count = 0;
  if (value.get(count) || count > kMaxTokens) {
    ++unbelievable_;
    return {};
  }
  return static_cast<std::uint32_t>(count);
}

Tokens UsageCounts::Read(const FlatValue& value) {
  if (value.kind == FlatValue::Kind::kNull) return {};
  if (value.kind != FlatValue::Kind::kNumber || value.number > kMaxTokens) {
    ++unbelievable_;
    return {};
  }
  return static_cast<std::uint32_t>(value.number);
}

Tokens UsageCounts::Read(const FlatObject& counts, std::string_view name) {
  for (const FlatMember& member : counts) {
    if (member.name == name) return Read(member.value);
  }
  return {};
}

Tokens UsageCounts::Read(const simdjson::dom::object& counts,
                         std::string_view name) {
  simdjson::dom::element value;
  return counts.at_key(name).get(value) ? Tokens() : Read(value);
}

void UsageCounts::TakeOut(Tokens& part, Tokens& whole) {
  if (!part.has_value()) return;
  if (!whole.has_value() || *part > *whole) {
    ++unbelievable_;
    part.reset();
    return;
  }
  *whole -= *part;
}

}  // namespace weir::dialect::canonical
