#include "dataplane/plan/base_share.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "absl/types/span.h"
#include "common/config/effective.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {
namespace {

// Ranks one model's shares, all of them by their weight and place in the file.
void RankByFile(absl::Span<TargetShare> shares) {
  std::vector<std::size_t> order(shares.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto group = [&](std::size_t i) {
    if (shares[i].forbidden) return 2;
    return shares[i].weight > 0 ? 0 : 1;
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return group(a) < group(b); });
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    shares[order[rank]].rank = static_cast<std::uint32_t>(rank);
  }
}

}  // namespace

bool IsForbidden(const RoutingConfig& config, const TargetEntry& target) {
  return config::EffectiveMode(target.mode) != config::v1::MODE_ENABLED ||
         !config.providers[target.provider].unusable_because.empty();
}

void Normalise(absl::Span<TargetShare> shares) {
  double largest = 0;
  for (TargetShare& share : shares) {
    if (share.forbidden) share.weight = 0;
    largest = std::max(largest, share.weight);
  }
  if (largest == 0) return;
  // Divided by the largest first: the sum of the smallest doubles has no
  // reciprocal, and of the largest no finite value.
  double sum = 0;
  for (TargetShare& share : shares) sum += share.weight /= largest;
  for (TargetShare& share : shares) share.weight /= sum;
}

std::vector<TargetShare> BaseShares(const RoutingConfig& config) {
  std::vector<TargetShare> shares;
  shares.reserve(config.targets.size());
  for (const TargetEntry& target : config.targets) {
    shares.push_back({target.base_weight, 0, IsForbidden(config, target)});
  }
  for (const ModelEntry& model : config.models) {
    const auto of_model = absl::MakeSpan(shares).subspan(
        model.first_target, model.end_target - model.first_target);
    Normalise(of_model);
    RankByFile(of_model);
  }
  return shares;
}

}  // namespace weir::dataplane
