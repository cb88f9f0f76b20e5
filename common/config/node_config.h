// What nodes are told of the resources.
#ifndef WEIR_COMMON_CONFIG_NODE_CONFIG_H_
#define WEIR_COMMON_CONFIG_NODE_CONFIG_H_

#include <string>

#include "weir/config/v1/resources.pb.h"

namespace weir::config {

// The content of the config lane, a serialized Resources without webhooks,
// which are no business of nodes. Equal resources give equal bytes, so that the
// SHA-256 of these, which is in the lane's version, names them. Pure.
std::string NodeConfig(const v1::Resources& resources);

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_NODE_CONFIG_H_
