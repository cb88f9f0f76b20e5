// The order of failover.
#ifndef WEIR_CONTROLPLANE_WEIGHT_RANK_H_
#define WEIR_CONTROLPLANE_WEIGHT_RANK_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"

namespace weir::controlplane {

// A rank for each candidate: the usable, the reserve in the order of its
// groups, the usable that rate limits leave nothing, those with base weight 0,
// the unfit, the excluded. Inside each by level (lower first), then weight,
// then score (an unknown one counts as full), then base weight, then their
// order. Pure. REQUIRES: as many levels and weights as candidates.
std::vector<std::uint32_t> Ranks(absl::Span<const Candidate> candidates,
                                 absl::Span<const int> levels,
                                 absl::Span<const double> weights);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_RANK_H_
