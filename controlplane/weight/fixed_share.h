// An operator's fixed shares, around whatever the strategy says.
#ifndef WEIR_CONTROLPLANE_WEIGHT_FIXED_SHARE_H_
#define WEIR_CONTROLPLANE_WEIGHT_FIXED_SHARE_H_

#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/strategy.h"
#include "controlplane/weight/strategy_terms.h"

namespace weir::controlplane {

// As `strategy` shares, except that usable candidates with a fixed share have
// that x their allowance, and the others share the rest. Where there are no
// others, the fixed shares are stretched to fill it. Ranks are the strategy's.
// Pure. REQUIRES: fixed shares sum to at most 1.
std::vector<Share> ShareAroundFixed(Strategy strategy,
                                    absl::Span<const Candidate> candidates,
                                    const StrategyTerms& terms);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_FIXED_SHARE_H_
