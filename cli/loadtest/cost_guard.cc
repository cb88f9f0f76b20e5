#include "cli/loadtest/cost_guard.h"

#include <algorithm>
#include <optional>

#include "common/max_attempts.h"

namespace weir::loadtest {

bool CostGuard::Reserve(double usd) {
  if (limit_.has_value() && charged_ + reserved_ + usd > *limit_) return false;
  reserved_ += usd;
  return true;
}

void CostGuard::Settle(double reserved, double charged) {
  // What is set aside and given back in another order leaves a rest behind.
  reserved_ = std::max(0.0, reserved_ - reserved);
  charged_ += charged;
}

double ChargeOf(const Fate& fate, std::optional<double> counted,
                double worst_attempt) {
  const int attempts = fate.attempts.value_or(kMaxAttempts);
  // The last attempt's end is known where it was counted or refused.
  const bool is_last_known =
      counted.has_value() || fate.fault == Fault::kProvider;
  const int unknown = std::max(0, attempts - (is_last_known ? 1 : 0));
  return counted.value_or(0) + unknown * worst_attempt;
}

}  // namespace weir::loadtest
