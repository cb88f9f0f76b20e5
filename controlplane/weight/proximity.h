// The strategy `proximity`.
#ifndef WEIR_CONTROLPLANE_WEIGHT_PROXIMITY_H_
#define WEIR_CONTROLPLANE_WEIGHT_PROXIMITY_H_

#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/strategy_terms.h"

namespace weir::controlplane {

// Providers of the region asked for come before those of others, then the
// faster before the slower, then the higher priority; equals share by base
// weight x score. Latencies less than a quarter apart, seen from the fastest,
// are equal, as are all below 20 ms: a race between equals would move all
// traffic to and fro. Without a latency comes after those with one. Pure.
std::vector<Share> Proximity(absl::Span<const Candidate> candidates,
                             const StrategyTerms& terms);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_PROXIMITY_H_
