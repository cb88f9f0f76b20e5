#include "common/clock.h"

#include <time.h>

#include <cstdint>

#include "absl/time/time.h"

namespace weir {
namespace {

// Unlike a sum of durations this needs no call: a request asks several times.
absl::Time Read(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return absl::FromUnixNanos(std::int64_t{time.tv_sec} * 1'000'000'000 +
                             time.tv_nsec);
}

}  // namespace

// The steady clock counts from boot; as a point on absl's time line it is some
// day in 1970, which is harmless since only differences are used.
absl::Time SystemClock::Now() const { return Read(CLOCK_MONOTONIC); }

absl::Time SystemClock::RoughNow() const {
  return Read(CLOCK_MONOTONIC_COARSE);
}

absl::Time SystemClock::WallNow() const { return Read(CLOCK_REALTIME_COARSE); }

}  // namespace weir
