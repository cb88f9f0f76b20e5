// How much of its weight a target may have while its provider limits our rate.
#ifndef WEIR_CONTROLPLANE_HEALTH_RATE_LIMIT_H_
#define WEIR_CONTROLPLANE_HEALTH_RATE_LIMIT_H_

#include <optional>

#include "absl/time/time.h"

namespace weir::controlplane {

// What 429s leave of a weight, for the whole fleet: each takes a fifth, as at a
// node, and it grows back by 0.02 a second. Many nodes hear of one limit at
// once, so that those of one second count as one; where each second has one,
// the factor settles at 0.08.
//
// Plain data with a clock of its caller's; not thread-safe.
class RateLimit {
 public:
  void OnLimited(absl::Time now);
  // Above 0, at most 1.
  double Factor(absl::Time now) const;

 private:
  double factor_ = 1;
  absl::Time since_ = absl::InfinitePast();
};

// The share of a limit that is left when `used` of it is used, 0 to 1. Pure.
// REQUIRES: `limit` is above 0.
double HeadroomOf(double limit, double used);

// What is left of the provider's limits, 0 to 1, as a factor of the weight:
// full down to a fifth, then in proportion, at least 0.05, because somebody has
// to find out when there is more again. nullopt (nobody knows) is full. Pure.
double HeadroomFactor(std::optional<double> headroom);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_HEALTH_RATE_LIMIT_H_
