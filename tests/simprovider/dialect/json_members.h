// Members of JSON objects that may be missing or of another kind.
#ifndef WEIR_TESTS_SIMPROVIDER_DIALECT_JSON_MEMBERS_H_
#define WEIR_TESTS_SIMPROVIDER_DIALECT_JSON_MEMBERS_H_

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::simprovider {

using JsonElement = simdjson::dom::element;

// nullopt: no such member, or the value is no object.
std::optional<JsonElement> MemberOf(JsonElement value, std::string_view key);

// Empty unless it is a string.
std::string StringAt(JsonElement value, std::string_view key);
// Empty unless it is an array.
std::vector<JsonElement> ItemsAt(JsonElement value, std::string_view key);
std::optional<std::int64_t> IntegerAt(JsonElement value, std::string_view key);
std::optional<double> NumberAt(JsonElement value, std::string_view key);
// Whether it is there and true.
bool TrueAt(JsonElement value, std::string_view key);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_DIALECT_JSON_MEMBERS_H_
