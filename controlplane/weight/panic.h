// When so little is usable that health is no longer believed.
#ifndef WEIR_CONTROLPLANE_WEIGHT_PANIC_H_
#define WEIR_CONTROLPLANE_WEIGHT_PANIC_H_

#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"

namespace weir::controlplane {

enum class Fallback { kNone, kOtherModels };

// True when less than `threshold` (0 to 1) of the candidates that nobody
// excluded are usable, and the model has no other to fall back on, nor a
// reserve: better a
// request that may fail than one that surely does, and better all providers at
// part of the load than the last one at all of it. Pure.
bool Panics(absl::Span<const Candidate> candidates, double threshold,
            Fallback fallback);

// The same candidates with nothing known of their health. Excluded ones stay
// excluded, the reserve stays that. Pure.
std::vector<Candidate> IgnoreHealth(absl::Span<const Candidate> candidates);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_PANIC_H_
