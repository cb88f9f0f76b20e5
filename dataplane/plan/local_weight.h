// How much less of its share a target gets here, after it said 429 or that it
// does not know its model.
#ifndef WEIR_DATAPLANE_PLAN_LOCAL_WEIGHT_H_
#define WEIR_DATAPLANE_PLAN_LOCAL_WEIGHT_H_

#include <algorithm>

#include "absl/time/time.h"

namespace weir::dataplane {

// Multiplies by 0.8 a refusal and grows back by 0.02 a second: one refusal is
// forgotten in 10 s, and a target that refuses everything keeps a tenth, so
// that its recovery is seen. Pure; not thread-safe.
class LocalWeight {
 public:
  double factor(absl::Time now) const {
    const double recovered =
        factor_ + 0.02 * absl::ToDoubleSeconds(now - changed_at_);
    return std::min(1.0, recovered);
  }

  void OnRefused(absl::Time now) {
    factor_ = std::max(0.1, factor(now) * 0.8);
    changed_at_ = now;
  }

 private:
  double factor_ = 1.0;
  absl::Time changed_at_ = absl::UnixEpoch();
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_LOCAL_WEIGHT_H_
