#include "controlplane/weight/weighted.h"

#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/share.h"
#include "controlplane/weight/strategy_terms.h"

namespace weir::controlplane {

std::vector<Share> Weighted(absl::Span<const Candidate> candidates,
                            const StrategyTerms& /*terms*/) {
  return ShareByMerit(candidates, ScoreMerits(candidates));
}

}  // namespace weir::controlplane
