#include "common/config/yaml_writer.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/config/enum_text.h"
#include "common/config/scalar.h"
#include "common/config/yaml.h"

namespace weir::config {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A list of scalars that fits stands on one line: `[a, b]`.
constexpr std::size_t kLineWidth = 80;

// One value of a field: the field's own, or an item of its list.
class Value {
 public:
  Value(const Message& message, const FieldDescriptor& field, int index)
      : message_(message),
        field_(field),
        index_(index),
        reflection_(*message.GetReflection()) {}

  std::string Scalar() const;
  const Message& AsMessage() const {
    return field_.is_repeated()
               ? reflection_.GetRepeatedMessage(message_, &field_, index_)
               : reflection_.GetMessage(message_, &field_);
  }

 private:
  template <typename T>
  T Get(T (google::protobuf::Reflection::*one)(const Message&,
                                               const FieldDescriptor*) const,
        T (google::protobuf::Reflection::*item)(const Message&,
                                                const FieldDescriptor*, int)
            const) const {
    return field_.is_repeated() ? (reflection_.*item)(message_, &field_, index_)
                                : (reflection_.*one)(message_, &field_);
  }
  std::string String() const;
  std::string Time() const;

  const Message& message_;
  const FieldDescriptor& field_;
  const int index_;
  const google::protobuf::Reflection& reflection_;
};

std::string Value::Scalar() const {
  using Reflection = google::protobuf::Reflection;
  switch (field_.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return String();
    case FieldDescriptor::CPPTYPE_BOOL:
      return Get(&Reflection::GetBool, &Reflection::GetRepeatedBool) ? "true"
                                                                     : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(
          Get(&Reflection::GetInt32, &Reflection::GetRepeatedInt32));
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(
          Get(&Reflection::GetInt64, &Reflection::GetRepeatedInt64));
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(
          Get(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(
          Get(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return YamlNumber(
          Get(&Reflection::GetFloat, &Reflection::GetRepeatedFloat));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return YamlNumber(
          Get(&Reflection::GetDouble, &Reflection::GetRepeatedDouble));
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumText(*Get(&Reflection::GetEnum, &Reflection::GetRepeatedEnum));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Time();
  }
  return "null";
}

std::string Value::String() const {
  std::string text =
      field_.is_repeated()
          ? reflection_.GetRepeatedString(message_, &field_, index_)
          : reflection_.GetString(message_, &field_);
  // As the protobuf JSON mapping has bytes.
  if (field_.type() == FieldDescriptor::TYPE_BYTES) {
    text = absl::Base64Escape(text);
  }
  return YamlString(text);
}

// REQUIRES: IsScalarValue(field_).
std::string Value::Time() const {
  if (field_.message_type() == google::protobuf::Duration::descriptor()) {
    google::protobuf::Duration duration;
    duration.CopyFrom(AsMessage());
    return absl::FormatDuration(ToDuration(duration));
  }
  google::protobuf::Timestamp timestamp;
  timestamp.CopyFrom(AsMessage());
  return google::protobuf::util::TimeUtil::ToString(timestamp);
}

bool IsWritten(const Message& message, const FieldDescriptor& field,
               Defaults defaults) {
  const auto& reflection = *message.GetReflection();
  const bool is_set = field.is_repeated()
                          ? reflection.FieldSize(message, &field) > 0
                          : reflection.HasField(message, &field);
  if (is_set || defaults == Defaults::kLeaveOut) return is_set;
  return field.is_repeated() || !field.has_presence();
}

class Writer {
 public:
  explicit Writer(Defaults defaults) : defaults_(defaults) {}

  // The lines of the message's fields. The first begins where the text ends
  // now, the others at `indent`.
  void WriteFields(const Message& message, std::size_t indent);
  std::string Take() { return std::move(out_); }

 private:
  void WriteField(const Message& message, const FieldDescriptor& field,
                  std::size_t indent);
  void WriteList(const Message& message, const FieldDescriptor& field,
                 std::size_t indent);
  // A field of type map<>, in the order of its keys.
  void WriteMap(const Message& message, const FieldDescriptor& field,
                std::size_t indent);
  // Behind `column` characters of the line, or below it.
  void WriteScalars(const std::vector<std::string>& items, std::size_t indent,
                    std::size_t column);
  // `[a, b]`; empty where it does not fit behind `column` characters.
  std::string Inline(const std::vector<std::string>& items, std::size_t column);
  std::vector<const FieldDescriptor*> Written(const Message& message) const;

  const Defaults defaults_;
  std::string out_;
};

void Writer::WriteFields(const Message& message, std::size_t indent) {
  bool is_first = true;
  for (const FieldDescriptor* field : Written(message)) {
    if (!is_first) out_.append(indent, ' ');
    is_first = false;
    WriteField(message, *field, indent);
  }
}

std::vector<const FieldDescriptor*> Writer::Written(
    const Message& message) const {
  const auto& type = *message.GetDescriptor();
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < type.field_count(); ++i) {
    if (IsWritten(message, *type.field(i), defaults_)) {
      fields.push_back(type.field(i));
    }
  }
  return fields;
}

void Writer::WriteField(const Message& message, const FieldDescriptor& field,
                        std::size_t indent) {
  out_ += field.name() + ':';
  if (field.is_map()) {
    WriteMap(message, field, indent);
    return;
  }
  if (field.is_repeated()) {
    WriteList(message, field, indent);
    return;
  }
  const Value value(message, field, 0);
  if (IsScalarValue(field)) {
    out_ += ' ' + value.Scalar() + '\n';
    return;
  }
  if (Written(value.AsMessage()).empty()) {
    out_ += " {}\n";
    return;
  }
  out_ += '\n';
  out_.append(indent + 2, ' ');
  WriteFields(value.AsMessage(), indent + 2);
}

void Writer::WriteList(const Message& message, const FieldDescriptor& field,
                       std::size_t indent) {
  const int size = message.GetReflection()->FieldSize(message, &field);
  if (size == 0) {
    out_ += " []\n";
    return;
  }
  if (IsScalarValue(field)) {
    std::vector<std::string> items;
    for (int i = 0; i < size; ++i) {
      items.push_back(Value(message, field, i).Scalar());
    }
    WriteScalars(items, indent, indent + field.name().size() + 1);
    return;
  }
  out_ += '\n';
  for (int i = 0; i < size; ++i) {
    const Message& item = Value(message, field, i).AsMessage();
    out_.append(indent + 2, ' ').append("- ");
    if (Written(item).empty()) {
      out_ += "{}\n";
    } else {
      WriteFields(item, indent + 4);
    }
  }
}

void Writer::WriteMap(const Message& message, const FieldDescriptor& field,
                      std::size_t indent) {
  const auto& type = *field.message_type();
  std::map<std::string, std::string> entries;
  const int size = message.GetReflection()->FieldSize(message, &field);
  for (int i = 0; i < size; ++i) {
    const Message& entry = Value(message, field, i).AsMessage();
    entries.emplace(Value(entry, *type.map_key(), 0).Scalar(),
                    Value(entry, *type.map_value(), 0).Scalar());
  }
  out_ += entries.empty() ? " {}\n" : "\n";
  for (const auto& [key, value] : entries) {
    out_.append(indent + 2, ' ').append(key + ": " + value + '\n');
  }
}

void Writer::WriteScalars(const std::vector<std::string>& items,
                          std::size_t indent, std::size_t column) {
  const std::string line = Inline(items, column);
  if (!line.empty()) {
    out_ += ' ' + line + '\n';
    return;
  }
  out_ += '\n';
  for (const std::string& item : items) {
    out_.append(indent + 2, ' ').append("- " + item + '\n');
  }
}

std::string Writer::Inline(const std::vector<std::string>& items,
                           std::size_t column) {
  std::string line = "[";
  for (const std::string& item : items) {
    if (line.size() > 1) line += ", ";
    line += item;
    if (column + line.size() + 2 > kLineWidth) return "";
  }
  return line + ']';
}

}  // namespace

std::string WriteYaml(const Message& message, Defaults defaults) {
  Writer writer(defaults);
  writer.WriteFields(message, 0);
  std::string text = writer.Take();
  return text.empty() ? "{}\n" : text;
}

std::string ToYaml(const Message& message) {
  return WriteYaml(message, Defaults::kLeaveOut);
}

}  // namespace weir::config
