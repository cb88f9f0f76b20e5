// The strategy `least_latency`.
#ifndef WEIR_CONTROLPLANE_WEIGHT_LEAST_LATENCY_H_
#define WEIR_CONTROLPLANE_WEIGHT_LEAST_LATENCY_H_

#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/strategy_terms.h"

namespace weir::controlplane {

// `base weight * 10 + max(0, 1000 - latency_ms)`, normalised, by latency as it
// is seen from the region asked for (docs/architecture.md, Weight). A candidate
// without a latency counts as the average of the others; with none at all, base
// weights decide. Pure.
std::vector<Share> LeastLatency(absl::Span<const Candidate> candidates,
                                const StrategyTerms& terms);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_LEAST_LATENCY_H_
