#include "common/clock.h"

#include <chrono>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace weir {

absl::Time SystemClock::Now() const {
  // The steady clock counts from boot; as a point on absl's time line it is
  // some day in 1970, which is harmless since only differences are used.
  return absl::UnixEpoch() +
         absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

absl::Time SystemClock::WallNow() const { return absl::Now(); }

}  // namespace weir
