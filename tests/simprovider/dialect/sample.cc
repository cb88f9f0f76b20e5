#include "tests/simprovider/dialect/sample.h"

#include <string_view>
#include <vector>

#include "absl/strings/str_join.h"
#include "bench/text/json_text.h"
#include "bench/text/text.h"
#include "tests/simprovider/dialect/json_members.h"

namespace weir::simprovider {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr int kMaxDepth = 16;

std::string Sample(element schema, element root, int depth);

std::string SampleObject(element schema, element root, int depth) {
  object properties;
  if (schema["properties"].get(properties) != simdjson::SUCCESS) return "{}";
  std::vector<std::string> members;
  const auto add = [&](std::string_view key, element member) {
    members.push_back(
        text::Cat(text::JsonString(key), ":", Sample(member, root, depth)));
  };
  if (array required; schema["required"].get(required) == simdjson::SUCCESS) {
    for (const element name : required) {
      std::string_view key;
      element member;
      if (name.get(key) == simdjson::SUCCESS &&
          properties[key].get(member) == simdjson::SUCCESS) {
        add(key, member);
      }
    }
  } else {
    for (const auto& [key, member] : properties) add(key, member);
  }
  return text::Cat("{", absl::StrJoin(members, ","), "}");
}

std::string SampleNumber(element schema) {
  for (const char* bound : {"minimum", "maximum"}) {
    element number;
    if (schema[bound].get(number) == simdjson::SUCCESS) {
      return simdjson::minify(number);
    }
  }
  return "1";
}

// `type` may be one name or several; the first that is not null counts.
std::string TypeOf(element schema) {
  array types;
  if (schema["type"].get(types) != simdjson::SUCCESS) {
    return text::ToLower(StringAt(schema, "type"));
  }
  for (const element type : types) {
    std::string_view name;
    if (type.get(name) == simdjson::SUCCESS && name != "null") {
      return text::ToLower(name);
    }
  }
  return "null";
}

std::string SampleOfType(element schema, element root, int depth) {
  const std::string type = TypeOf(schema);
  if (type == "string") return "\"text\"";
  if (type == "integer" || type == "number") return SampleNumber(schema);
  if (type == "boolean") return "true";
  if (type == "null") return "null";
  if (type == "array") {
    element items;
    if (schema["items"].get(items) != simdjson::SUCCESS) return "[]";
    return text::Cat("[", Sample(items, root, depth), "]");
  }
  return SampleObject(schema, root, depth);
}

std::string Sample(element schema, element root, int depth) {
  if (depth >= kMaxDepth || !schema.is_object()) return "{}";
  element found;
  for (const char* fixed : {"const", "default"}) {
    if (schema[fixed].get(found) == simdjson::SUCCESS) {
      return simdjson::minify(found);
    }
  }
  for (const char* list : {"/enum/0", "/examples/0"}) {
    if (schema.at_pointer(list).get(found) == simdjson::SUCCESS) {
      return simdjson::minify(found);
    }
  }
  for (const char* list : {"/anyOf/0", "/oneOf/0", "/allOf/0"}) {
    if (schema.at_pointer(list).get(found) == simdjson::SUCCESS) {
      return Sample(found, root, depth + 1);
    }
  }
  const std::string reference = StringAt(schema, "$ref");
  if (reference.starts_with('#') &&
      root.at_pointer(reference.substr(1)).get(found) == simdjson::SUCCESS) {
    return Sample(found, root, depth + 1);
  }
  return SampleOfType(schema, root, depth + 1);
}

}  // namespace

std::string SampleOf(element schema) { return Sample(schema, schema, 0); }

}  // namespace weir::simprovider
