#include "cli/csv.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/config/yaml_writer.h"

namespace weir::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string Quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string Value(const Message& row, const FieldDescriptor& field) {
  const auto& reflection = *row.GetReflection();
  if (field.has_presence() && !reflection.HasField(row, &field)) return "";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return Quoted(reflection.GetString(row, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(reflection.GetUInt64(row, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return config::YamlNumber(reflection.GetDouble(row, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      google::protobuf::Timestamp time;
      time.CopyFrom(reflection.GetMessage(row, &field));
      return google::protobuf::util::TimeUtil::ToString(time);
    }
    default:
      return "";
  }
}

}  // namespace

std::string Csv(const std::vector<const Message*>& rows) {
  std::string text;
  if (rows.empty()) return text;
  const auto& type = *rows.front()->GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    text += (i == 0 ? "" : ",") + type.field(i)->name();
  }
  text += "\r\n";
  for (const Message* row : rows) {
    for (int i = 0; i < type.field_count(); ++i) {
      if (i > 0) text += ',';
      text += Value(*row, *type.field(i));
    }
    text += "\r\n";
  }
  return text;
}

}  // namespace weir::cli
