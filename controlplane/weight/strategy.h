// From a strategy's name to the function that is meant.
#ifndef WEIR_CONTROLPLANE_WEIGHT_STRATEGY_H_
#define WEIR_CONTROLPLANE_WEIGHT_STRATEGY_H_

#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/strategy_terms.h"
#include "weir/config/v1/model.pb.h"

namespace weir::controlplane {

// Gives each candidate its share, in the candidates' order. Pure: a file and a
// function each.
//
// Unfit and excluded candidates get weight 0 and the last ranks. Ramps, steps,
// panic and fixed shares are not a strategy's concern: balance.h puts them
// around it.
using Strategy = std::vector<Share> (*)(absl::Span<const Candidate> candidates,
                                        const StrategyTerms& terms);

// Never null: a strategy that this version does not have is `weighted`, as is
// none at all.
Strategy StrategyFor(config::v1::Strategy strategy);

// Whether its shares may differ from region to region, because it looks at
// latency or place.
bool DependsOnRegion(config::v1::Strategy strategy);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_STRATEGY_H_
