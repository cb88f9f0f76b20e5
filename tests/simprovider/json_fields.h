// JSON objects of known fields into structs. An error names the field, from the
// outermost object inwards, and so does a field that nobody knows.
#ifndef WEIR_TESTS_SIMPROVIDER_JSON_FIELDS_H_
#define WEIR_TESTS_SIMPROVIDER_JSON_FIELDS_H_

#include <simdjson.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace weir::simprovider {

using JsonValue = simdjson::dom::element;

struct JsonField {
  std::string_view name;
  // Its message does not name the field: ReadFields() does.
  std::function<absl::Status(JsonValue)> read;
};

// Reads the members of `object` by `fields`.
absl::Status ReadFields(JsonValue object, const std::vector<JsonField>& fields);

// INVALID_ARGUMENT says what the value should have been.
absl::StatusOr<std::int64_t> ReadInteger(JsonValue value, std::int64_t min,
                                         std::int64_t max);
absl::StatusOr<double> ReadNumber(JsonValue value, double min, double max);
absl::StatusOr<std::string> ReadString(JsonValue value);
// A string such as `250ms`, not negative.
absl::StatusOr<absl::Duration> ReadDuration(JsonValue value);

// The function of a field whose value goes to `target` when `read` likes it.
template <typename Target, typename Read, typename... Bounds>
std::function<absl::Status(JsonValue)> Into(Target& target, Read read,
                                            Bounds... bounds) {
  return [&target, read, bounds...](JsonValue value) {
    auto result = read(value, bounds...);
    if (!result.ok()) return result.status();
    target = *std::move(result);
    return absl::OkStatus();
  };
}

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_JSON_FIELDS_H_
