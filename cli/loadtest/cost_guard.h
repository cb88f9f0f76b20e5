// What may still be spent.
#ifndef WEIR_CLI_LOADTEST_COST_GUARD_H_
#define WEIR_CLI_LOADTEST_COST_GUARD_H_

#include <optional>

#include "cli/loadtest/chat_answer.h"

namespace weir::loadtest {

// Keeps a run under its limit: what a request may cost at most is set aside
// before it is sent, and what it may have cost is charged when it has ended.
// Both are never less than the truth, so what is charged may be more than what
// providers counted. All in US dollars. Not thread-safe.
class CostGuard {
 public:
  // nullopt: no limit.
  explicit CostGuard(std::optional<double> limit_usd) : limit_(limit_usd) {}

  // Sets `usd` aside; false: that might be more than the limit, and nothing
  // was.
  bool Reserve(double usd);
  // The request that `reserved` was set aside for may have cost `charged`.
  void Settle(double reserved, double charged);

 private:
  const std::optional<double> limit_;
  double charged_ = 0;
  double reserved_ = 0;
};

// What a request may have cost: what its answer counted (nullopt: nothing), and
// for each attempt that says nothing the worst, but for one that the provider
// refused. `worst_attempt` is WorstCost(). Pure.
double ChargeOf(const Fate& fate, std::optional<double> counted,
                double worst_attempt);

}  // namespace weir::loadtest

#endif  // WEIR_CLI_LOADTEST_COST_GUARD_H_
