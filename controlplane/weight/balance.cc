#include "controlplane/weight/balance.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/fixed_share.h"
#include "controlplane/weight/panic.h"
#include "controlplane/weight/ramp.h"
#include "controlplane/weight/rank.h"
#include "controlplane/weight/strategy_terms.h"
#include "controlplane/weight/weighted.h"

namespace weir::controlplane {
namespace {

void NoteRecovery(Fitness fitness, absl::Duration ramp, absl::Time now,
                  BalanceMemory::OfTarget& target) {
  if (fitness == Fitness::kUnfit) {
    target.was_unfit = true;
    target.recovered_at = std::nullopt;
    return;
  }
  if (!IsUsable(fitness)) return;
  // A trial is a recovery that never gets on.
  if (target.was_unfit || fitness == Fitness::kOnTrial) {
    target.recovered_at = now;
  }
  target.was_unfit = false;
  if (target.recovered_at.has_value() && now - *target.recovered_at >= ramp) {
    target.recovered_at = std::nullopt;
  }
}

double RampOf(const Candidate& candidate, const BalanceMemory::OfTarget& target,
              absl::Duration ramp, absl::Time now) {
  if (candidate.fitness == Fitness::kOnTrial) return kRampStart;
  return RampFactor(target.recovered_at, ramp, now);
}

// By base weights, whatever the strategy: the best may be dead like the rest.
// No ramp or step: there is nobody to spare. Failover still prefers what seems
// usable.
std::vector<Share> PanicShares(const StrategyTerms& terms,
                               absl::Span<const Candidate> candidates) {
  std::vector<Share> shares =
      ShareAroundFixed(&Weighted, IgnoreHealth(candidates), terms);
  std::vector<double> weights;
  for (const Share& share : shares) weights.push_back(share.weight);
  const std::vector<int> one_level(shares.size(), 0);
  const std::vector<std::uint32_t> ranks =
      Ranks(candidates, one_level, weights);
  for (std::size_t i = 0; i < shares.size(); ++i) shares[i].rank = ranks[i];
  return shares;
}

// What nothing should be sent to any more, unlike what others are only
// preferred to.
bool IsGone(const Candidate& candidate, const Share& share) {
  return share.weight == 0 &&
         (!IsUsable(candidate.fitness) || candidate.allowance == 0);
}

// Whether they are where they should be.
bool LimitStep(absl::Span<const Candidate> candidates, absl::Time now,
               const BalanceMemory& memory, std::vector<Share>& shares) {
  std::vector<double> before;
  std::vector<double> goal;
  std::vector<bool> gone;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    before.push_back(memory.targets[i].weight);
    goal.push_back(shares[i].weight);
    gone.push_back(IsGone(candidates[i], shares[i]));
  }
  const double seconds = absl::ToDoubleSeconds(now - memory.balanced_at);
  const std::vector<double> weights =
      StepTowards(before, goal, gone, kLargestStep * seconds);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    shares[i].weight = weights[i];
  }
  return weights == goal;
}

}  // namespace

Balance BalanceModel(const BalanceRules& rules, const StrategyTerms& terms,
                     absl::Span<const Candidate> candidates, absl::Time now,
                     BalanceMemory& memory) {
  memory.targets.resize(candidates.size());
  std::vector<Candidate> ramped(candidates.begin(), candidates.end());
  for (std::size_t i = 0; i < ramped.size(); ++i) {
    BalanceMemory::OfTarget& target = memory.targets[i];
    NoteRecovery(candidates[i].fitness, rules.ramp, now, target);
    ramped[i].allowance *= RampOf(candidates[i], target, rules.ramp, now);
  }
  Balance balance;
  balance.panic = Panics(candidates, rules.panic_threshold, rules.fallback);
  bool arrived = true;
  if (balance.panic) {
    balance.shares = PanicShares(terms, candidates);
  } else {
    balance.shares = ShareAroundFixed(rules.strategy, ramped, terms);
    arrived = LimitStep(candidates, now, memory, balance.shares);
  }
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    memory.targets[i].weight = balance.shares[i].weight;
  }
  memory.balanced_at = now;
  memory.settled =
      arrived && std::ranges::none_of(memory.targets, [](const auto& target) {
        return target.recovered_at.has_value();
      });
  return balance;
}

}  // namespace weir::controlplane
