// How a node goes away without anybody noticing.
#ifndef WEIR_DATAPLANE_DRAIN_H_
#define WEIR_DATAPLANE_DRAIN_H_

#include <cstdint>

#include "absl/time/time.h"

namespace weir::dataplane {

// Decides, from the first signal on, what comes next. First the node goes on
// accepting: load balancers learn that it is unready only at their next look.
// Then it only ends what runs, for a time.
//
// Does no I/O and reads no clock. Not thread-safe.
class Drain {
 public:
  Drain(absl::Time start, absl::Duration delay, absl::Duration timeout)
      : accept_until_(start + delay), end_(accept_until_ + timeout) {}

  enum class Step {
    kAccept,
    // Once: close the listener and idle connections.
    kStopAccepting,
    kWait,
    // Nothing runs any more, or time is up.
    kEnd,
  };

  // `in_flight`: requests that run, counted after the last step was carried
  // out.
  Step Next(absl::Time now, std::uint64_t in_flight);

 private:
  const absl::Time accept_until_;
  const absl::Time end_;
  enum class Phase { kAccepting, kEnding } phase_ = Phase::kAccepting;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_DRAIN_H_
