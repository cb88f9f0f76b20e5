#include "common/config/unknown_field.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

#include <optional>
#include <string>
#include <vector>

#include "common/concat.h"

namespace weir::config {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Of the message at `path`, which is empty for the outermost.
std::optional<std::string> UnknownBelow(const std::string& path,
                                        const Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const auto& unknown = reflection.GetUnknownFields(message);
  if (!unknown.empty()) {
    return Concat(path, path.empty() ? "" : ": ", "field ",
                  unknown.field(0).number());
  }
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const std::string name =
        Concat(path, path.empty() ? "" : ".", field->name());
    if (!field->is_repeated()) {
      auto found = UnknownBelow(name, reflection.GetMessage(message, field));
      if (found.has_value()) return found;
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      auto found =
          UnknownBelow(Concat(name, "[", i, "]"),
                       reflection.GetRepeatedMessage(message, field, i));
      if (found.has_value()) return found;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> FindUnknownField(const Message& message) {
  return UnknownBelow("", message);
}

}  // namespace weir::config
