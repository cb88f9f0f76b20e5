#include "controlplane/weight/panic.h"

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"

namespace weir::controlplane {

bool Panics(absl::Span<const Candidate> candidates, double threshold,
            Fallback fallback) {
  if (fallback == Fallback::kOtherModels) return false;
  int eligible = 0;
  int usable = 0;
  for (const Candidate& candidate : candidates) {
    if (candidate.fitness == Fitness::kExcluded) continue;
    if (candidate.fitness == Fitness::kReserve) return false;
    ++eligible;
    if (IsUsable(candidate.fitness)) ++usable;
  }
  return usable < threshold * eligible;
}

std::vector<Candidate> IgnoreHealth(absl::Span<const Candidate> candidates) {
  std::vector<Candidate> result(candidates.begin(), candidates.end());
  for (Candidate& candidate : result) {
    if (candidate.fitness == Fitness::kExcluded ||
        candidate.fitness == Fitness::kReserve) {
      continue;
    }
    candidate.fitness = Fitness::kUsable;
    candidate.score = std::nullopt;
    candidate.latency = std::nullopt;
  }
  return result;
}

}  // namespace weir::controlplane
