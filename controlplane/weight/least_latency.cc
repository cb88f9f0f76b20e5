#include "controlplane/weight/least_latency.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/share.h"
#include "controlplane/weight/strategy_terms.h"

namespace weir::controlplane {

std::vector<Share> LeastLatency(absl::Span<const Candidate> candidates,
                                const StrategyTerms& /*terms*/) {
  std::vector<std::optional<double>> milliseconds;
  bool any_known = false;
  for (const Candidate& candidate : candidates) {
    milliseconds.emplace_back();
    if (!candidate.latency.has_value()) continue;
    milliseconds.back() = absl::ToDoubleMilliseconds(*candidate.latency);
    any_known = any_known || IsUsable(candidate.fitness);
  }
  const std::vector<double> known =
      WithNeutral(milliseconds, InPlay(candidates));
  std::vector<double> merits;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const double base_weight = candidates[i].base_weight;
    merits.push_back(any_known
                         ? base_weight * 10 + std::max(0., 1000 - known[i])
                         : base_weight);
  }
  return ShareByMerit(candidates, merits);
}

}  // namespace weir::controlplane
