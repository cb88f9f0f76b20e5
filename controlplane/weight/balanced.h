// The strategy `balanced`.
#ifndef WEIR_CONTROLPLANE_WEIGHT_BALANCED_H_
#define WEIR_CONTROLPLANE_WEIGHT_BALANCED_H_

#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/strategy_terms.h"

namespace weir::controlplane {

// Base weight x a mix of three parts, each 0 to 1, normalised: the score / 100,
// the fastest candidate's latency / its own, the cheapest's price / its own.
// Without a score or latency counts as the average of the others; without a
// price has no part for it, unless none has one. Pure.
std::vector<Share> Balanced(absl::Span<const Candidate> candidates,
                            const StrategyTerms& terms);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_BALANCED_H_
