// Members of JSON objects that may not be there or be something else.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_JSON_MEMBERS_H_
#define WEIR_COMMON_DIALECT_CANONICAL_JSON_MEMBERS_H_

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::dialect::canonical {

// All of these are absent (the string: empty) where the member is missing or of
// another type.
template <typename T>
std::optional<T> MemberAs(const simdjson::dom::object& object,
                          std::string_view key) {
  T value{};
  if (object.at_key(key).get(value)) return std::nullopt;
  return value;
}

inline std::optional<simdjson::dom::object> ObjectAt(
    const simdjson::dom::object& object, std::string_view key) {
  return MemberAs<simdjson::dom::object>(object, key);
}
inline std::optional<simdjson::dom::array> ArrayAt(
    const simdjson::dom::object& object, std::string_view key) {
  return MemberAs<simdjson::dom::array>(object, key);
}
inline std::optional<std::uint64_t> NumberAt(
    const simdjson::dom::object& object, std::string_view key) {
  return MemberAs<std::uint64_t>(object, key);
}
inline std::string_view StringAt(const simdjson::dom::object& object,
                                 std::string_view key) {
  return MemberAs<std::string_view>(object, key).value_or("");
}

// `into` becomes what `value` is, unless that is of another type.
template <typename T>
void ReadInto(const simdjson::dom::element& value, T& into) {
  T read{};
  if (!value.get(read)) into = read;
}
template <typename T>
void ReadInto(const simdjson::dom::element& value, std::optional<T>& into) {
  T read{};
  if (!value.get(read)) into = read;
}

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_JSON_MEMBERS_H_
