// The strategy `weighted`.
#ifndef WEIR_CONTROLPLANE_WEIGHT_WEIGHTED_H_
#define WEIR_CONTROLPLANE_WEIGHT_WEIGHTED_H_

#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/strategy_terms.h"

namespace weir::controlplane {

// Base weight x score among the usable, normalised. A candidate without a score
// counts as the average of the others. Candidates with base weight 0 share
// everything when all usable ones have it, and nothing otherwise. Where every
// score is 0, base weights alone decide. The same in every region. Pure.
std::vector<Share> Weighted(absl::Span<const Candidate> candidates,
                            const StrategyTerms& terms);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_WEIGHTED_H_
