#include "common/clock.h"

#include <chrono>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace weir {

absl::Time SystemClock::Now() const {
  // The steady clock counts from boot; as a point on absl's time line it is
  // some day in 1970, which is harmless since only differences are used.
  const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
  // Unlike a sum of durations this needs no call: a request asks several times.
  return absl::FromUnixNanos(std::chrono::nanoseconds(since_boot).count());
}

absl::Time SystemClock::WallNow() const { return absl::Now(); }

}  // namespace weir
