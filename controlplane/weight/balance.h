// A model's weights, from the fitness of its targets: ramp, panic, strategy,
// fixed shares, step, in this order.
#ifndef WEIR_CONTROLPLANE_WEIGHT_BALANCE_H_
#define WEIR_CONTROLPLANE_WEIGHT_BALANCE_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/panic.h"
#include "controlplane/weight/strategy.h"
#include "controlplane/weight/strategy_terms.h"

namespace weir::controlplane {

struct BalanceRules {
  Strategy strategy = nullptr;
  Fallback fallback = Fallback::kNone;
  // Share of usable targets under which health is ignored.
  double panic_threshold = 0.5;
  // Time from recovery to full weight.
  absl::Duration ramp = absl::Seconds(30);
};

// What one model's last balance for one region leaves for the next. Where all
// weights are 0, as at first, the new ones hold at once: so does an operator's
// word when the weights here are forgotten.
struct BalanceMemory {
  struct OfTarget {
    double weight = 0;
    bool was_unfit = false;
    std::optional<absl::Time> recovered_at;
  };
  std::vector<OfTarget> targets;
  absl::Time balanced_at;
  // Of the same candidates the next balance would be the same: nobody recovers,
  // and no step is left to take.
  bool settled = false;
};

struct Balance {
  // In the candidates' order.
  std::vector<Share> shares;
  bool panic = false;
};

// Pure but for `memory`. REQUIRES: memory.targets is empty, or of the same
// targets in the same order; `now` is not before memory.balanced_at.
Balance BalanceModel(const BalanceRules& rules, const StrategyTerms& terms,
                     absl::Span<const Candidate> candidates, absl::Time now,
                     BalanceMemory& memory);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_BALANCE_H_
