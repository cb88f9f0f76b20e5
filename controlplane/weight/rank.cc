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

int Tier(Fitness fitness) {
  switch (fitness) {
    case Fitness::kUsable:
    case Fitness::kOnTrial:
      return 0;
    case Fitness::kReserve:
      return 1;
    case Fitness::kUnfit:
      return 2;
    case Fitness::kExcluded:
      return 3;
  }
  return 3;
}

}  // namespace

std::vector<std::uint32_t> RankByWeight(absl::Span<const Candidate> candidates,
                                        absl::Span<const double> weights) {
  const auto key = [&](std::size_t i) {
    const Candidate& candidate = candidates[i];
    return std::make_tuple(Tier(candidate.fitness), candidate.groups_before,
                           -weights[i], -candidate.score.value_or(kFullScore),
                           -candidate.base_weight);
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
