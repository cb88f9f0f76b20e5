// How fast weights may move: slow start, and the largest step.
#ifndef WEIR_CONTROLPLANE_WEIGHT_RAMP_H_
#define WEIR_CONTROLPLANE_WEIGHT_RAMP_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"

namespace weir::controlplane {

// What a recovered target begins with (Envoy's slow start: min_weight_percent
// 10 %, aggression 1).
inline constexpr double kRampStart = 0.1;

// How much of its base weight a target that recovered at `since` has at `now`:
// from kRampStart, linearly to 1 after `ramp`. nullopt: it never was down.
// Pure.
double RampFactor(std::optional<absl::Time> since, absl::Duration ramp,
                  absl::Time now);

// How far one weight may move in a second.
inline constexpr double kLargestStep = 0.2;

// From weights `before` as far towards `goal` as no weight moves by more than
// `max_step` (0 or more). Death takes effect at once: what is `gone` loses all
// its weight now, and the others share it as they stood. Where nothing else had
// weight before, `goal` holds at once too. Pure.
//
// REQUIRES: equal lengths; each sums to 1, or is all 0; what is gone has no
// weight in `goal`.
std::vector<double> StepTowards(absl::Span<const double> before,
                                absl::Span<const double> goal,
                                const std::vector<bool>& gone, double max_step);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_RAMP_H_
