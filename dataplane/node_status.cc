#include "dataplane/node_status.h"

#include "dataplane/snapshot.h"

namespace weir::dataplane {

Readiness ReadinessOf(const Snapshot& snapshot, Lifecycle lifecycle) {
  if (lifecycle == Lifecycle::kDraining) return Readiness::kDraining;
  return snapshot.config != nullptr && !snapshot.config->models.empty()
             ? Readiness::kReady
             : Readiness::kNoSnapshot;
}

}  // namespace weir::dataplane
