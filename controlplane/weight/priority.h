// The strategy `priority`.
#ifndef WEIR_CONTROLPLANE_WEIGHT_PRIORITY_H_
#define WEIR_CONTROLPLANE_WEIGHT_PRIORITY_H_

#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/strategy_terms.h"

namespace weir::controlplane {

// The usable candidate with the highest priority gets everything, the first in
// its order among equals; failover follows the same order. The same in every
// region. Pure.
std::vector<Share> Priority(absl::Span<const Candidate> candidates,
                            const StrategyTerms& terms);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_PRIORITY_H_
