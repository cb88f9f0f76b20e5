#include "controlplane/weight/proximity.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/level.h"
#include "controlplane/weight/share.h"
#include "controlplane/weight/strategy_terms.h"

namespace weir::controlplane {
namespace {

// What differs by less is noise.
constexpr double kNotableRatio = 1.25;
constexpr absl::Duration kShortest = absl::Milliseconds(20);

enum class Place { kHere, kElsewhere };

Place PlaceOf(const Candidate& candidate, const StrategyTerms& terms) {
  return !terms.region.empty() && candidate.region == terms.region
             ? Place::kHere
             : Place::kElsewhere;
}

absl::Duration FastestAt(Place place, absl::Span<const Candidate> candidates,
                         const StrategyTerms& terms) {
  absl::Duration fastest = absl::InfiniteDuration();
  for (const Candidate& candidate : candidates) {
    if (!IsUsable(candidate.fitness) || !candidate.latency.has_value() ||
        PlaceOf(candidate, terms) != place) {
      continue;
    }
    fastest = std::min(fastest, *candidate.latency);
  }
  return std::max(fastest, kShortest);
}

// How many notable steps slower than the fastest it is.
int LatencyClass(const Candidate& candidate, absl::Duration fastest) {
  if (!candidate.latency.has_value()) return std::numeric_limits<int>::max();
  if (*candidate.latency <= fastest) return 0;
  const double ratio = absl::FDivDuration(*candidate.latency, fastest);
  return static_cast<int>(std::log(ratio) / std::log(kNotableRatio));
}

}  // namespace

std::vector<Share> Proximity(absl::Span<const Candidate> candidates,
                             const StrategyTerms& terms) {
  const absl::Duration here = FastestAt(Place::kHere, candidates, terms);
  const absl::Duration elsewhere =
      FastestAt(Place::kElsewhere, candidates, terms);
  std::vector<std::tuple<Place, int, int>> keys;
  for (const Candidate& candidate : candidates) {
    const Place place = PlaceOf(candidate, terms);
    const absl::Duration fastest = place == Place::kHere ? here : elsewhere;
    keys.emplace_back(place, LatencyClass(candidate, fastest),
                      -candidate.priority);
  }
  return ShareByLevel(candidates, LevelsOf(keys));
}

}  // namespace weir::controlplane
