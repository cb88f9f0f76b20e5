// When requests are due.
#ifndef WEIR_CLI_LOADTEST_PACE_H_
#define WEIR_CLI_LOADTEST_PACE_H_

#include <cstdint>

#include "absl/time/time.h"

namespace weir::loadtest {

// Request `index` (from 0) of an open loop of `rate` requests a second is due
// so long after the first, however late the answers are: slow answers can't
// keep later requests back and look better by that. REQUIRES: rate > 0. Pure.
inline absl::Duration DueAfter(std::uint64_t index, double rate) {
  return absl::Seconds(static_cast<double>(index) / rate);
}

}  // namespace weir::loadtest

#endif  // WEIR_CLI_LOADTEST_PACE_H_
