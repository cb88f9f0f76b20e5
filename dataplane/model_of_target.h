// From a target back to its model.
#ifndef WEIR_DATAPLANE_MODEL_OF_TARGET_H_
#define WEIR_DATAPLANE_MODEL_OF_TARGET_H_

#include <algorithm>

#include "dataplane/snapshot.h"

namespace weir::dataplane {

// The model that a target stands under; targets of a model stand together.
// REQUIRES: `target` is one of `config`.
inline const ModelEntry& ModelOf(const RoutingConfig& config,
                                 TargetIndex target) {
  return *std::upper_bound(
      config.models.begin(), config.models.end(), target,
      [](TargetIndex t, const ModelEntry& m) { return t < m.end_target; });
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_MODEL_OF_TARGET_H_
