#include "controlplane/score/score.h"

#include <algorithm>
#include <optional>

#include "absl/time/time.h"
#include "controlplane/health/summary.h"

namespace weir::controlplane {
namespace {

// Success counts more than speed (docs/architecture.md, Score): the slowest
// target that never fails has 70 points, the fastest that always fails has 30.
constexpr double kLatencyShare = 0.3;
constexpr double kSuccessShare = 0.7;

}  // namespace

std::optional<double> Score(const HealthSummary& health,
                            const ScoreParams& params) {
  if (!health.success_rate.has_value()) return std::nullopt;
  double latency_points = 0;
  if (health.latency.has_value()) {
    const double latency_ms = absl::ToDoubleMilliseconds(*health.latency);
    latency_points = std::max(0.0, 100 - latency_ms / params.latency_scale);
  }
  return kLatencyShare * latency_points +
         kSuccessShare * 100 * *health.success_rate;
}

}  // namespace weir::controlplane
