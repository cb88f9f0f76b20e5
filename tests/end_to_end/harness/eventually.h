// The one way in which end-to-end tests wait: for something to become true.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_EVENTUALLY_H_
#define WEIR_TESTS_END_TO_END_HARNESS_EVENTUALLY_H_

#include <poll.h>

#include <functional>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace weir::testing {

// Asks `condition` again and again until it holds or `limit` has passed;
// whether it came to hold. Processes tell nobody when their state changes, so
// asking is all there is; 10 ms between two questions leave them the processor.
inline bool Eventually(const std::function<bool()>& condition,
                       absl::Duration limit = absl::Seconds(10)) {
  const absl::Time deadline = absl::Now() + limit;
  while (!condition()) {
    if (absl::Now() >= deadline) return false;
    ::poll(nullptr, 0, 10);
  }
  return true;
}

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_EVENTUALLY_H_
