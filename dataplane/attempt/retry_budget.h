// How many retries requests have earned.
#ifndef WEIR_DATAPLANE_ATTEMPT_RETRY_BUDGET_H_
#define WEIR_DATAPLANE_ATTEMPT_RETRY_BUDGET_H_

#include <algorithm>

#include "absl/time/time.h"

namespace weir::dataplane {

// Retries of answered requests (statuses, broken answers) are bounded by a
// fifth of the traffic, so that an outage is not multiplied; 10 a second are
// free for workers with little traffic (Finagle's and Linkerd's defaults).
// Failover of requests that could not connect or got no answer is not counted
// here: one provider of three dying fails a third of all requests at once, and
// none of them may show.
//
// Pure; not thread-safe; one per worker.
class RetryBudget {
 public:
  void OnRequest() { balance_ = std::min(kMost, balance_ + kShare); }

  // Takes one retry, if there is one.
  bool Take(absl::Time now) {
    balance_ = std::min(
        kMost,
        balance_ + kFreePerSecond * absl::ToDoubleSeconds(now - refilled_at_));
    refilled_at_ = now;
    if (balance_ < 1) return false;
    balance_ -= 1;
    return true;
  }

 private:
  static constexpr double kShare = 0.2;
  static constexpr double kFreePerSecond = 10;
  // Ten seconds' worth of the free ones.
  static constexpr double kMost = 100;

  double balance_ = kMost;
  absl::Time refilled_at_ = absl::UnixEpoch();
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_RETRY_BUDGET_H_
