// One scalar of a resource file to one value of a message.
#ifndef WEIR_COMMON_CONFIG_SCALAR_H_
#define WEIR_COMMON_CONFIG_SCALAR_H_

#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>

#include "common/config/field_slot.h"

namespace weir::config {

// A Problem without its place.
struct Misfit {
  std::string what;
  std::string fix;
};

// Whether a file writes a value of the field, or an item of its list, as one
// scalar: everything but messages other than Duration and Timestamp.
bool IsScalarValue(const google::protobuf::FieldDescriptor& field);

// Puts what `text` says, or says why it does not fit. Strings take any text as
// it stands, so `region: 1` is the region "1".
//
// REQUIRES: IsScalarValue(slot.field()).
std::optional<Misfit> PutScalar(const std::string& text, FieldSlot slot);

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_SCALAR_H_
