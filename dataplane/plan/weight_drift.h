// What becomes of the control plane's word when nobody confirms it any more.
#ifndef WEIR_DATAPLANE_PLAN_WEIGHT_DRIFT_H_
#define WEIR_DATAPLANE_PLAN_WEIGHT_DRIFT_H_

#include <vector>

#include "absl/time/time.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

// Time from the end of the time to live until nothing of the word is left.
// Long enough that the loss of the control plane moves no crowd at once, short
// enough that a verdict from before an outage does not outlive it by much.
inline constexpr absl::Duration kDriftTime = absl::Minutes(5);

// How much of the control plane's word still counts when it was last confirmed
// `age` ago: 1 until `time_to_live`, then falling in a line to 0. In [0, 1].
double Trust(absl::Duration age, absl::Duration time_to_live);

// `said` moved towards the base shares of `config` by 1 - trust. What is
// forbidden stays so, and so does the reserve, which has no weight and stands
// behind the others: that is an operator's will, not an observation. Ranks stay
// until nothing of the word is left.
// REQUIRES: said.size() == config.targets.size(); trust in [0, 1].
std::vector<TargetShare> Drift(const RoutingConfig& config,
                               const std::vector<TargetShare>& said,
                               double trust);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_WEIGHT_DRIFT_H_
