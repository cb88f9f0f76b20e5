// How long to wait before trying again.
#ifndef WEIR_COMMON_BACKOFF_H_
#define WEIR_COMMON_BACKOFF_H_

#include "absl/time/time.h"
#include "common/random.h"

namespace weir {

// Full jitter: each delay is uniform in [0, min(cap, base * 2^n)). Spreads a
// herd better than jitter around a fixed delay (AWS Architecture Blog,
// "Exponential Backoff And Jitter", 2015).
//
// Not thread-safe.
class Backoff {
 public:
  // REQUIRES: 0 < base <= cap; `random` outlives this.
  Backoff(absl::Duration base, absl::Duration cap, Random& random)
      : base_(base), cap_(cap), random_(random), ceiling_(base) {}

  // The next delay; the one after may be twice as long.
  absl::Duration Next();

  // Something worked: begin again at `base`.
  void Reset() { ceiling_ = base_; }

 private:
  const absl::Duration base_;
  const absl::Duration cap_;
  Random& random_;
  absl::Duration ceiling_;
};

}  // namespace weir

#endif  // WEIR_COMMON_BACKOFF_H_
