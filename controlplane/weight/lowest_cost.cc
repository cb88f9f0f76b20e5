#include "controlplane/weight/lowest_cost.h"

#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/level.h"
#include "controlplane/weight/share.h"
#include "controlplane/weight/strategy_terms.h"

namespace weir::controlplane {

std::vector<Share> LowestCost(absl::Span<const Candidate> candidates,
                              const StrategyTerms& /*terms*/) {
  std::vector<double> prices;
  for (const Candidate& candidate : candidates) {
    prices.push_back(
        candidate.price.value_or(std::numeric_limits<double>::infinity()));
  }
  return ShareByLevel(candidates, LevelsOf(prices));
}

}  // namespace weir::controlplane
