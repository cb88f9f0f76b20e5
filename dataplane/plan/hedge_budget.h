// How many of a model's requests may be tried at two targets at once.
#ifndef WEIR_DATAPLANE_PLAN_HEDGE_BUDGET_H_
#define WEIR_DATAPLANE_PLAN_HEDGE_BUDGET_H_

#include <algorithm>

namespace weir::dataplane {

// Each request earns a share of a hedge, so that what hedging costs is bounded
// by that share of the traffic: a provider that turns slow as a whole makes
// every request late, and racing them all would double the bill.
//
// Pure; not thread-safe; one per model and worker.
class HedgeBudget {
 public:
  // `share`: 0 to 1.
  void OnRequest(double share) { balance_ = std::min(kMost, balance_ + share); }

  // Takes one hedge, if there is one.
  bool Take() {
    if (balance_ < 1) return false;
    balance_ -= 1;
    return true;
  }

 private:
  // What a quiet time may save up.
  static constexpr double kMost = 10;

  // The first slow request of a worker may be hedged.
  double balance_ = 1;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_HEDGE_BUDGET_H_
