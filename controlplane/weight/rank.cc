#include "controlplane/weight/rank.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <tuple>
#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"

namespace weir::controlplane {
namespace {

constexpr double kFullScore = 100;

enum class Tier { kReady, kReserve, kPaused, kLastResort, kUnfit, kExcluded };

Tier TierOf(const Candidate& candidate) {
  if (candidate.fitness == Fitness::kExcluded) return Tier::kExcluded;
  if (candidate.fitness == Fitness::kReserve) return Tier::kReserve;
  if (!IsUsable(candidate.fitness)) return Tier::kUnfit;
  if (candidate.base_weight <= 0) return Tier::kLastResort;
  return candidate.allowance > 0 ? Tier::kReady : Tier::kPaused;
}

}  // namespace

std::vector<std::uint32_t> Ranks(absl::Span<const Candidate> candidates,
                                 absl::Span<const int> levels,
                                 absl::Span<const double> weights) {
  const auto key = [&](std::size_t i) {
    const Candidate& candidate = candidates[i];
    return std::make_tuple(
        TierOf(candidate), candidate.groups_before, levels[i], -weights[i],
        -candidate.score.value_or(kFullScore), -candidate.base_weight);
  };
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(
      order.begin(), order.end(),
      [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  std::vector<std::uint32_t> ranks(candidates.size());
  for (std::size_t position = 0; position < order.size(); ++position) {
    ranks[order[position]] = static_cast<std::uint32_t>(position);
  }
  return ranks;
}

}  // namespace weir::controlplane
