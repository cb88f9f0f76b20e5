#include "controlplane/weight/priority.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/level.h"
#include "controlplane/weight/share.h"
#include "controlplane/weight/strategy_terms.h"

namespace weir::controlplane {

std::vector<Share> Priority(absl::Span<const Candidate> candidates,
                            const StrategyTerms& /*terms*/) {
  std::vector<std::pair<int, std::size_t>> keys;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    keys.emplace_back(-candidates[i].priority, i);
  }
  return ShareByLevel(candidates, LevelsOf(keys));
}

}  // namespace weir::controlplane
