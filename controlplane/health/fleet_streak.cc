#include "controlplane/health/fleet_streak.h"

#include <algorithm>
#include <cmath>

#include "absl/time/time.h"
#include "controlplane/health/health.h"

namespace weir::controlplane {
namespace {

// Of the run's failures, those in (from, until].
double FailuresBetween(const FailureRun& run, absl::Time from,
                       absl::Time until) {
  const double count = static_cast<double>(run.count);
  if (run.ended <= from) return 0;
  // All at once, or since nobody knows when.
  if (run.began >= run.ended || run.began == absl::InfinitePast()) {
    return run.ended <= until ? count : 0;
  }
  const absl::Time first = std::max(from, run.began);
  const absl::Time last = std::min(until, run.ended);
  if (last <= first) return 0;
  return count * absl::FDivDuration(last - first, run.ended - run.began);
}

}  // namespace

int FleetFailuresInARow(const Health& health, absl::Time now) {
  absl::Time from = std::max(health.last_service, health.streaks_from);
  absl::Time known_until = now;
  for (const auto& [id, node] : health.nodes) {
    from = std::max(from, node.last_success);
    const bool succeeding = node.counts.consecutive_failures == 0 &&
                            node.last_success > now - kTrafficMemory;
    if (succeeding) known_until = std::min(known_until, node.reported_at);
  }
  double failures = 0;
  for (const auto& [id, node] : health.nodes) {
    for (const FailureRun& run : node.streak) {
      failures += FailuresBetween(run, from, known_until);
    }
  }
  return static_cast<int>(std::lround(std::min(failures, 1e6)));
}

}  // namespace weir::controlplane
