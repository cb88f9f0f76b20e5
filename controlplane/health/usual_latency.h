// How slow a target is, compared with itself.
#ifndef WEIR_CONTROLPLANE_HEALTH_USUAL_LATENCY_H_
#define WEIR_CONTROLPLANE_HEALTH_USUAL_LATENCY_H_

#include <optional>

#include "absl/time/time.h"

namespace weir::controlplane {

// What a target usually takes: an average that follows it up over ten minutes,
// so that a brown-out is one for a while and what stays becomes usual, and down
// over one, so that a cold start is soon forgotten.
//
// Scores can't tell: a model that thinks for 10 s is as good as ever when it
// takes 10 s, and one that answers in 20 ms is in trouble at 400 ms.
//
// Plain data with a clock of its caller's; not thread-safe.
class UsualLatency {
 public:
  void Add(absl::Duration latency, absl::Time now);

  // What a target that takes `current` may have of its weight, above 0 to 1:
  // all of it up to four times the usual, beyond that less by the square of the
  // ratio. Twenty times slower leaves a 25th: of two equal targets the slow one
  // gets 4 % of the traffic, enough to see how it does. 1 while nothing is
  // usual yet.
  double Factor(absl::Duration current) const;

 private:
  std::optional<absl::Duration> usual_;
  absl::Time last_ = absl::InfinitePast();
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_HEALTH_USUAL_LATENCY_H_
