#include "dataplane/plan/weight_drift.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "dataplane/plan/base_share.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {
namespace {

void NormaliseModels(const RoutingConfig& config,
                     std::vector<TargetShare>& shares) {
  for (const ModelEntry& model : config.models) {
    Normalise(absl::MakeSpan(shares).subspan(
        model.first_target, model.end_target - model.first_target));
  }
}

// Base shares among those that an operator's will, as the control plane said
// it, leaves in the running.
std::vector<TargetShare> BaseSharesWithin(
    const RoutingConfig& config, const std::vector<TargetShare>& said) {
  std::vector<TargetShare> shares = BaseShares(config);
  const auto behind_all = static_cast<std::uint32_t>(shares.size());
  for (std::size_t i = 0; i < shares.size(); ++i) {
    TargetShare& share = shares[i];
    share.forbidden |= said[i].forbidden;
    share.reserve = said[i].reserve;
    if (!share.reserve) continue;
    share.weight = 0;
    share.rank += behind_all;
  }
  NormaliseModels(config, shares);
  return shares;
}

}  // namespace

double Trust(absl::Duration age, absl::Duration time_to_live) {
  if (age <= time_to_live) return 1;
  return std::max(0.0, 1 - absl::FDivDuration(age - time_to_live, kDriftTime));
}

std::vector<TargetShare> Drift(const RoutingConfig& config,
                               const std::vector<TargetShare>& said,
                               double trust) {
  if (trust >= 1) return said;
  std::vector<TargetShare> shares = BaseSharesWithin(config, said);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    TargetShare& share = shares[i];
    share.weight = trust * said[i].weight + (1 - trust) * share.weight;
    share.standing = said[i].standing;
    if (trust > 0) share.rank = said[i].rank;
  }
  // A model of which the control plane said "all dead" sums to less than 1.
  NormaliseModels(config, shares);
  return shares;
}

}  // namespace weir::dataplane
