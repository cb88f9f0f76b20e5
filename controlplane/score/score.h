// How well a target does, as one number.
#ifndef WEIR_CONTROLPLANE_SCORE_SCORE_H_
#define WEIR_CONTROLPLANE_SCORE_SCORE_H_

#include <optional>

#include "controlplane/health/summary.h"

namespace weir::controlplane {

struct ScoreParams {
  // Milliseconds that cost one of the 100 latency points; above 0.
  double latency_scale = 5;
};

// In [0, 100]; pure:
//
//   0.3 * max(0, 100 - latency_ms / latency_scale) + 0.7 * 100 * success_rate
//
// nullopt means "no news", which is not "bad": a new target must get its first
// requests, a failing one must not. A target that never answered has no latency
// points: it has not shown how fast it is.
std::optional<double> Score(const HealthSummary& health,
                            const ScoreParams& params);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_SCORE_SCORE_H_
