#include "controlplane/weight/balance.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/panic.h"
#include "controlplane/weight/ramp.h"
#include "controlplane/weight/rank.h"

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

double Ramped(const Candidate& candidate, const BalanceMemory::OfTarget& target,
              absl::Duration ramp, absl::Time now) {
  if (candidate.fitness == Fitness::kOnTrial) {
    return candidate.base_weight * kRampStart;
  }
  return candidate.base_weight * RampFactor(target.recovered_at, ramp, now);
}

// Base weights, and no ramp or step: there is nobody to spare. Failover still
// prefers what seems usable.
std::vector<Share> PanicShares(const BalanceRules& rules,
                               absl::Span<const Candidate> candidates) {
  std::vector<Share> shares = rules.strategy(IgnoreHealth(candidates), "");
  std::vector<double> weights;
  for (const Share& share : shares) weights.push_back(share.weight);
  const std::vector<std::uint32_t> ranks = RankByWeight(candidates, weights);
  for (std::size_t i = 0; i < shares.size(); ++i) shares[i].rank = ranks[i];
  return shares;
}

void LimitStep(absl::Time now, const BalanceMemory& memory,
               std::vector<Share>& shares) {
  std::vector<double> before;
  std::vector<double> goal;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    before.push_back(memory.targets[i].weight);
    goal.push_back(shares[i].weight);
  }
  const double seconds = absl::ToDoubleSeconds(now - memory.balanced_at);
  const std::vector<double> weights =
      StepTowards(before, goal, kLargestStep * seconds);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    shares[i].weight = weights[i];
  }
}

}  // namespace

Balance BalanceModel(const BalanceRules& rules,
                     absl::Span<const Candidate> candidates, absl::Time now,
                     BalanceMemory& memory) {
  memory.targets.resize(candidates.size());
  std::vector<Candidate> ramped(candidates.begin(), candidates.end());
  for (std::size_t i = 0; i < ramped.size(); ++i) {
    BalanceMemory::OfTarget& target = memory.targets[i];
    NoteRecovery(candidates[i].fitness, rules.ramp, now, target);
    ramped[i].base_weight = Ramped(candidates[i], target, rules.ramp, now);
  }
  Balance balance;
  balance.panic = Panics(candidates, rules.panic_threshold, rules.fallback);
  if (balance.panic) {
    balance.shares = PanicShares(rules, candidates);
  } else {
    balance.shares = rules.strategy(ramped, "");
    LimitStep(now, memory, balance.shares);
  }
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    memory.targets[i].weight = balance.shares[i].weight;
  }
  memory.balanced_at = now;
  return balance;
}

}  // namespace weir::controlplane
