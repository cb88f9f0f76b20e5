// Time, as a seam: code that decides takes an absl::Time, code that acts asks a
// Clock, tests turn the hands.
#ifndef WEIR_COMMON_CLOCK_H_
#define WEIR_COMMON_CLOCK_H_

#include "absl/time/time.h"

namespace weir {

// Thread safety: every method may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  // For durations, deadlines and ages. Never goes back, whatever is done to the
  // machine's wall clock; comparable only inside one process.
  virtual absl::Time Now() const = 0;

  // Now() at the kernel's last tick, up to 10 ms ago, for a sixth of its price:
  // for deadlines of seconds, set for every request.
  virtual absl::Time RoughNow() const = 0;

  // For what people and other machines read: certificates, log lines, stored
  // times. Of the kernel's last tick, too. May jump.
  virtual absl::Time WallNow() const = 0;
};

// The same moment on both of a Clock's hands.
struct Moment {
  absl::Time now;
  absl::Time wall;
};

// The machine's clocks.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override;
  absl::Time RoughNow() const override;
  absl::Time WallNow() const override;
};

}  // namespace weir

#endif  // WEIR_COMMON_CLOCK_H_
