#include "controlplane/weights_hold.h"

#include <functional>

#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/health/target_state.h"
#include "controlplane/scoreboard.h"

namespace weir::controlplane {

bool HoldsWeights(absl::Duration age, const FleetView& fleet,
                  const std::function<bool(const TargetId&)>& turning) {
  if (age < kShortestHold) return true;
  if (age >= kLongestHold) return false;
  for (const ModelView& model : fleet.models) {
    for (const TargetView& target : model.targets) {
      if (target.state == TargetState::kUnknown ||
          turning(MakeTargetId(target.provider, target.upstream_model))) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace weir::controlplane
