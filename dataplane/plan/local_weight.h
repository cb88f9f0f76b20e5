// How much less of its share a target gets here, after it said 429.
#ifndef WEIR_DATAPLANE_PLAN_LOCAL_WEIGHT_H_
#define WEIR_DATAPLANE_PLAN_LOCAL_WEIGHT_H_

#include <algorithm>
#include <optional>

#include "absl/time/time.h"

namespace weir::dataplane {

// Multiplies by 0.8 a 429 and grows back by 0.02 a second: one refusal is
// forgotten in 10 s, and a target that refuses everything keeps a tenth, so
// that its recovery is seen. Pure; not thread-safe.
class LocalWeight {
 public:
  double factor(absl::Time now) const {
    const double recovered =
        factor_ + 0.02 * absl::ToDoubleSeconds(now - changed_at_);
    return std::min(1.0, recovered);
  }

  // `pause`: how long the provider asked to be left alone, if it did.
  void OnRateLimited(std::optional<absl::Duration> pause, absl::Time now) {
    constexpr absl::Duration kLongestPause = absl::Minutes(5);
    factor_ = std::max(0.1, factor(now) * 0.8);
    changed_at_ = now;
    if (pause.has_value()) {
      paused_until_ = now + std::min(*pause, kLongestPause);
    }
  }

  // Not to be asked before; in the past when there is no pause.
  absl::Time paused_until() const { return paused_until_; }

 private:
  double factor_ = 1.0;
  absl::Time changed_at_ = absl::UnixEpoch();
  absl::Time paused_until_ = absl::InfinitePast();
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_LOCAL_WEIGHT_H_
