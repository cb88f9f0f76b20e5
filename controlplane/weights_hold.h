// When a control plane that took over may publish weights of its own.
#ifndef WEIR_CONTROLPLANE_WEIGHTS_HOLD_H_
#define WEIR_CONTROLPLANE_WEIGHTS_HOLD_H_

#include <functional>

#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/scoreboard.h"

namespace weir::controlplane {

// Time for nodes to come and to report what they measure.
inline constexpr absl::Duration kShortestHold = absl::Seconds(5);
// Targets that are probed rarely are not waited for; nodes would let go of the
// old weights themselves after 60 s.
inline constexpr absl::Duration kLongestHold = absl::Seconds(20);

// Whether nodes had better keep the weights that they have: who just began to
// lead knows no target, unknown is not bad, and what is dead would get traffic
// again. Until each target that health decides on has news, and no probe is
// about to turn its verdict (`turning`). `age`: since it began to lead. Pure.
bool HoldsWeights(absl::Duration age, const FleetView& fleet,
                  const std::function<bool(const TargetId&)>& turning);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHTS_HOLD_H_
