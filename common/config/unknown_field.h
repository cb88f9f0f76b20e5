// What a message has that this version does not know.
#ifndef WEIR_COMMON_CONFIG_UNKNOWN_FIELD_H_
#define WEIR_COMMON_CONFIG_UNKNOWN_FIELD_H_

#include <google/protobuf/message.h>

#include <optional>
#include <string>

namespace weir::config {

// The first field of `message`, or of a message inside it, that a newer version
// of the schema must have: `providers[2]: field 31`, and `field 31` of
// `message` itself. nullopt where all are known. Pure.
std::optional<std::string> FindUnknownField(
    const google::protobuf::Message& message);

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_UNKNOWN_FIELD_H_
