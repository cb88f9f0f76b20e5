// The shares that the configuration alone gives to targets.
#ifndef WEIR_DATAPLANE_PLAN_BASE_SHARE_H_
#define WEIR_DATAPLANE_PLAN_BASE_SHARE_H_

#include <vector>

#include "absl/types/span.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

// Whether no request of this node may go to `target`: the operator switched it
// or its provider off, or the provider can't be used from here.
bool IsForbidden(const RoutingConfig& config, const TargetEntry& target);

// What every target has while the control plane has said nothing; aligned with
// config.targets. Ranks follow the file, base weights of 0 behind the others,
// forbidden targets last.
std::vector<TargetShare> BaseShares(const RoutingConfig& config);

// Makes one model's shares sum to 1 by scaling them, if they are not all 0;
// those of forbidden targets become 0.
// REQUIRES: every weight is finite and at least 0.
void Normalise(absl::Span<TargetShare> shares);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_BASE_SHARE_H_
