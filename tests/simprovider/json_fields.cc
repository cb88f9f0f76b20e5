#include "tests/simprovider/json_fields.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "bench/text/text.h"

namespace weir::simprovider {

absl::Status ReadFields(JsonValue object,
                        const std::vector<JsonField>& fields) {
  simdjson::dom::object members;
  if (object.get(members) != simdjson::SUCCESS) {
    return absl::InvalidArgumentError("must be a JSON object");
  }
  for (const auto& [key, value] : members) {
    const std::string_view name = key;
    const auto field =
        std::find_if(fields.begin(), fields.end(),
                     [&](const JsonField& f) { return f.name == name; });
    if (field == fields.end()) {
      return absl::InvalidArgumentError(text::Cat(
          "unknown field '", name, "'; known here: ",
          absl::StrJoin(fields, ", ", [](std::string* out, const JsonField& f) {
            text::Append(*out, f.name);
          })));
    }
    const absl::Status read = field->read(value);
    if (!read.ok()) {
      return absl::InvalidArgumentError(
          text::Cat("field '", name, "': ", read.message()));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::int64_t> ReadInteger(JsonValue value, std::int64_t min,
                                         std::int64_t max) {
  std::int64_t number;
  if (value.get(number) != simdjson::SUCCESS || number < min || number > max) {
    return absl::InvalidArgumentError(
        text::Cat("must be a whole number from ", min, " to ", max));
  }
  return number;
}

absl::StatusOr<double> ReadNumber(JsonValue value, double min, double max) {
  double number;
  if (value.get(number) != simdjson::SUCCESS || number < min || number > max) {
    return absl::InvalidArgumentError(
        text::Cat("must be a number from ", min, " to ", max));
  }
  return number;
}

absl::StatusOr<std::string> ReadString(JsonValue value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) {
    return absl::InvalidArgumentError("must be a string");
  }
  return std::string(text);
}

absl::StatusOr<absl::Duration> ReadDuration(JsonValue value) {
  absl::Duration duration;
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS ||
      !absl::ParseDuration(std::string(text), &duration) ||
      duration < absl::ZeroDuration()) {
    return absl::InvalidArgumentError("must be a duration such as \"250ms\"");
  }
  return duration;
}

}  // namespace weir::simprovider
