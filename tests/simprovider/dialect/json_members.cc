#include "tests/simprovider/dialect/json_members.h"

namespace weir::simprovider {
namespace {

template <typename T>
std::optional<T> Read(JsonElement value, std::string_view key) {
  T read;
  if (value[key].get(read) != simdjson::SUCCESS) return std::nullopt;
  return read;
}

}  // namespace

std::optional<JsonElement> MemberOf(JsonElement value, std::string_view key) {
  return Read<JsonElement>(value, key);
}

std::string StringAt(JsonElement value, std::string_view key) {
  return std::string(Read<std::string_view>(value, key).value_or(""));
}

std::vector<JsonElement> ItemsAt(JsonElement value, std::string_view key) {
  std::vector<JsonElement> items;
  if (const auto array = Read<simdjson::dom::array>(value, key)) {
    for (const JsonElement item : *array) items.push_back(item);
  }
  return items;
}

std::optional<std::int64_t> IntegerAt(JsonElement value, std::string_view key) {
  return Read<std::int64_t>(value, key);
}

std::optional<double> NumberAt(JsonElement value, std::string_view key) {
  return Read<double>(value, key);
}

bool TrueAt(JsonElement value, std::string_view key) {
  return Read<bool>(value, key).value_or(false);
}

}  // namespace weir::simprovider
