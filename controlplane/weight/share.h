// The two ways in which strategies divide a model's requests: by merit and by
// level.
#ifndef WEIR_CONTROLPLANE_WEIGHT_SHARE_H_
#define WEIR_CONTROLPLANE_WEIGHT_SHARE_H_

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"

namespace weir::controlplane {

// Which candidates take part: the usable ones with a base weight, or else the
// usable ones. Pure.
std::vector<bool> InPlay(absl::Span<const Candidate> candidates);

// Each candidate's value, the unknown as the average of those that are known
// among `in_play`; 1 where none is. Pure. REQUIRES: equal lengths.
std::vector<double> WithNeutral(absl::Span<const std::optional<double>> values,
                                const std::vector<bool>& in_play);

// The strategy `weighted`'s merit: base weight x score. Pure.
std::vector<double> ScoreMerits(absl::Span<const Candidate> candidates);

// Those in play share in proportion to merit x allowance. Where that is 0 for
// all, allowances are forgotten; where every merit is 0, base weights count
// instead, and at last heads. Pure. REQUIRES: as many merits (0 or more) as
// candidates.
std::vector<Share> ShareByMerit(absl::Span<const Candidate> candidates,
                                absl::Span<const double> merits);

// Those in play with the lowest level get everything, in proportion to base
// weight x score x allowance. A level whose most allowed candidate may have
// only a part leaves the rest to the next one; what nobody is allowed to have
// is shared as the rest was. Pure. REQUIRES: as many levels as candidates.
std::vector<Share> ShareByLevel(absl::Span<const Candidate> candidates,
                                absl::Span<const int> levels);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_SHARE_H_
