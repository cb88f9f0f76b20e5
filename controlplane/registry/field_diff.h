// The fields in which two messages of one type differ.
#ifndef WEIR_CONTROLPLANE_REGISTRY_FIELD_DIFF_H_
#define WEIR_CONTROLPLANE_REGISTRY_FIELD_DIFF_H_

#include <google/protobuf/message.h>

#include <vector>

#include "controlplane/registry/diff.h"

namespace weir::controlplane {

// Leaves, in the order of the schema: messages and list elements that both
// sides have are looked into, whatever one side lacks is one difference.
// REQUIRES: both are of the same type.
std::vector<FieldChange> DiffFields(const google::protobuf::Message& before,
                                    const google::protobuf::Message& after);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_REGISTRY_FIELD_DIFF_H_
