#include "dataplane/drain.h"

#include <cstdint>

#include "absl/time/time.h"

namespace weir::dataplane {

Drain::Step Drain::Next(absl::Time now, std::uint64_t in_flight) {
  if (phase_ == Phase::kAccepting) {
    if (now < accept_until_) return Step::kAccept;
    phase_ = Phase::kEnding;
    // Not the end even when nothing runs: a request may have come in since it
    // was counted.
    return Step::kStopAccepting;
  }
  return in_flight == 0 || now >= end_ ? Step::kEnd : Step::kWait;
}

}  // namespace weir::dataplane
