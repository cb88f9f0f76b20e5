// The one judge of resources, used by the control plane, the nodes and weirctl.
#ifndef WEIR_COMMON_CONFIG_VALIDATE_H_
#define WEIR_COMMON_CONFIG_VALIDATE_H_

#include <vector>

#include "common/config/yaml.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::config {

struct Findings {
  // Any of these makes the resources unusable as a whole.
  std::vector<Problem> problems;
  // Legal, and surely not meant or without effect in this version.
  std::vector<Problem> warnings;
};

// Finds everything at once: names (form, twice, missing), references (targets
// to providers, fallbacks and routes to models, loops in them), URLs, ranges,
// hashes, and the size of it all (size_limit.h). Pure: does no I/O, so a secret
// that does not resolve is not its concern.
Findings Validate(const v1::Resources& resources);

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_VALIDATE_H_
