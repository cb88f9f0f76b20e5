// The strategy `lowest_cost`.
#ifndef WEIR_CONTROLPLANE_WEIGHT_LOWEST_COST_H_
#define WEIR_CONTROLPLANE_WEIGHT_LOWEST_COST_H_

#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/strategy_terms.h"

namespace weir::controlplane {

// The cheapest usable candidate gets everything; equally cheap ones share by
// base weight x score. Without a price comes last. The same in every region.
// Pure.
std::vector<Share> LowestCost(absl::Span<const Candidate> candidates,
                              const StrategyTerms& terms);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_LOWEST_COST_H_
