#include "common/dialect/gemini/schema.h"

#include <simdjson.h>

#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "common/dialect/canonical/json_field.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {
namespace {

namespace dom = simdjson::dom;

// What stands for itself: examples, defaults, allowed values.
bool IsData(std::string_view key) {
  return key == "enum" || key == "default" || key == "example" ||
         key == "required";
}

void Write(const dom::element& schema, std::string& out);

// `STRING` becomes `"string"`, with `"null"` where the value may be.
void WriteType(std::string_view type, bool nullable, std::string& out) {
  const std::string lower = absl::AsciiStrToLower(std::string(type));
  JsonWriter json(out);
  if (!nullable) {
    json.String(lower);
  } else {
    json.BeginArray().String(lower).Word("null").EndArray();
  }
}

void WriteObject(const dom::object& object, std::string& out) {
  bool nullable = false;
  if (object.at_key("nullable").get(nullable)) nullable = false;
  out += '{';
  for (const auto [key, value] : object) {
    bool is_flag = false;
    if (key == "propertyOrdering" ||
        (key == "nullable" && !value.get(is_flag))) {
      continue;
    }
    if (out.back() != '{') out += ',';
    AppendJsonString(key, out);
    out += ':';
    std::string_view type;
    if (key == "type" && !value.get(type)) {
      WriteType(type, nullable, out);
    } else if (IsData(key)) {
      out += simdjson::minify(value);
    } else {
      Write(value, out);
    }
  }
  out += '}';
}

void Write(const dom::element& schema, std::string& out) {
  dom::object object;
  dom::array array;
  if (!schema.get(object)) return WriteObject(object, out);
  if (schema.get(array)) {
    out += simdjson::minify(schema);
    return;
  }
  out += '[';
  for (const dom::element item : array) {
    if (out.back() != '[') out += ',';
    Write(item, out);
  }
  out += ']';
}

}  // namespace

std::string_view JsonSchemaAt(const canonical::Field& field) {
  if (!field.is_object()) {
    field.Fail("must be an object");
    return {};
  }
  std::string schema;
  Write(field.value(), schema);
  return field.reading().Keep(std::move(schema));
}

}  // namespace weir::dialect
