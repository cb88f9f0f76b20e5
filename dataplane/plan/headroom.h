// What is left of a provider's own limits, as its answers tell before it says
// 429.
#ifndef WEIR_DATAPLANE_PLAN_HEADROOM_H_
#define WEIR_DATAPLANE_PLAN_HEADROOM_H_

#include <algorithm>
#include <optional>

#include "absl/time/time.h"

namespace weir::dataplane {

// Pure; not thread-safe; one per target.
class Headroom {
 public:
  // Limits are of a minute nearly everywhere, so an older word is of another
  // minute.
  static constexpr absl::Duration kLongest = absl::Minutes(1);

  // `left`: the smallest share of any limit, 0 to 1. `reset`: until it is
  // whole again, if the provider says so.
  void OnTold(double left, std::optional<absl::Duration> reset,
              absl::Time now) {
    left_ = left;
    good_until_ = now + std::min(reset.value_or(kLongest), kLongest);
  }

  // Absent when nothing was said lately.
  std::optional<double> left(absl::Time now) const {
    return now < good_until_ ? left_ : std::nullopt;
  }

  // What the target's weight is multiplied with: 1 while a fifth of the limit
  // is left, from there in a line down to a tenth, so that the last of a limit
  // is spread over its minute and other targets take the rest.
  double factor(absl::Time now) const {
    constexpr double kPlenty = 0.2;
    constexpr double kLeast = 0.1;
    return std::clamp(left(now).value_or(1) / kPlenty, kLeast, 1.0);
  }

 private:
  std::optional<double> left_;
  absl::Time good_until_ = absl::InfinitePast();
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_HEADROOM_H_
