#include "common/config/enum_text.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"

namespace weir::config {
namespace {

std::string_view Prefix(const google::protobuf::EnumDescriptor& type) {
  constexpr std::string_view kUnspecified = "UNSPECIFIED";
  const auto* zero = type.FindValueByNumber(0);
  if (zero == nullptr) return {};
  std::string_view name = zero->name();
  if (!name.ends_with(kUnspecified)) return {};
  name.remove_suffix(kUnspecified.size());
  return name;
}

}  // namespace

std::string EnumText(const google::protobuf::EnumValueDescriptor& value) {
  const std::string_view prefix = Prefix(*value.type());
  std::string text = value.name();
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  return absl::AsciiStrToLower(text);
}

const google::protobuf::EnumValueDescriptor* FindEnumValue(
    const google::protobuf::EnumDescriptor& type, std::string_view text) {
  for (int i = 0; i < type.value_count(); ++i) {
    const auto* value = type.value(i);
    if (value->name() == text || EnumText(*value) == text) return value;
  }
  return nullptr;
}

std::vector<std::string> EnumTexts(
    const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> texts;
  for (int i = 0; i < type.value_count(); ++i) {
    const auto* value = type.value(i);
    if (value->number() != 0) texts.push_back(EnumText(*value));
  }
  return texts;
}

}  // namespace weir::config
