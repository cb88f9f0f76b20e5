#include "controlplane/weight/fixed_share.h"

#include <cstddef>
#include <numeric>
#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/strategy.h"
#include "controlplane/weight/strategy_terms.h"

namespace weir::controlplane {
namespace {

bool IsFixed(const Candidate& candidate) {
  return IsUsable(candidate.fitness) && candidate.fixed_share.has_value();
}

double Sum(const std::vector<Share>& shares) {
  return std::accumulate(
      shares.begin(), shares.end(), 0.0,
      [](double sum, const Share& share) { return sum + share.weight; });
}

}  // namespace

std::vector<Share> ShareAroundFixed(Strategy strategy,
                                    absl::Span<const Candidate> candidates,
                                    const StrategyTerms& terms) {
  std::vector<Share> shares = strategy(candidates, terms);
  std::vector<Candidate> others(candidates.begin(), candidates.end());
  double fixed = 0;
  for (Candidate& candidate : others) {
    if (!IsFixed(candidate)) continue;
    fixed += *candidate.fixed_share * candidate.allowance;
    candidate.fitness = Fitness::kExcluded;
  }
  const std::vector<Share> rest = strategy(others, terms);
  const double part = Sum(rest) > 0 ? 1 - fixed : 0;
  // Nobody is left for the rest, and no fixed share to stretch.
  if (part <= 0 && fixed <= 0) return shares;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const Candidate& candidate = candidates[i];
    shares[i].weight =
        (IsFixed(candidate) ? *candidate.fixed_share * candidate.allowance
                            : part * rest[i].weight) /
        (fixed + part);
  }
  return shares;
}

}  // namespace weir::controlplane
