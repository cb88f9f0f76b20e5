// Enum values as people write them: DIALECT_OPENAI is `openai`.
#ifndef WEIR_COMMON_CONFIG_ENUM_TEXT_H_
#define WEIR_COMMON_CONFIG_ENUM_TEXT_H_

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>
#include <vector>

namespace weir::config {

// The name without the enum's prefix, in lower case. The prefix is what stands
// before UNSPECIFIED in the name of the value 0.
std::string EnumText(const google::protobuf::EnumValueDescriptor& value);

// The value that `text` names: as above, or by its full name, which is how the
// protobuf JSON mapping has it. nullptr for none.
const google::protobuf::EnumValueDescriptor* FindEnumValue(
    const google::protobuf::EnumDescriptor& type, std::string_view text);

// All texts but the unspecified one, in order.
std::vector<std::string> EnumTexts(
    const google::protobuf::EnumDescriptor& type);

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_ENUM_TEXT_H_
