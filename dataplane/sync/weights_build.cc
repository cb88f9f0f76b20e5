#include "dataplane/sync/weights_build.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/config/effective.h"
#include "common/ids.h"
#include "dataplane/plan/base_share.h"
#include "dataplane/snapshot.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {
namespace {

constexpr absl::Duration kDefaultTimeToLive = absl::Seconds(60);
constexpr absl::Duration kMaxTimeToLive = absl::Hours(24);
// Shares are sums of rounded quotients.
constexpr double kRounding = 1e-6;

// Written so that NaN is in no range.
bool InRange(double value, double low, double high) {
  return value >= low && value <= high;
}

void CheckTarget(const routing::v1::TargetWeight& target,
                 const std::string& where, std::vector<std::string>& problems) {
  const std::string name = absl::StrCat(where, ", target ", target.provider(),
                                        "/", target.upstream_model());
  if (!InRange(target.weight(), 0, 1 + kRounding)) {
    problems.push_back(
        absl::StrCat(name, ": weight ", target.weight(), " is not in [0, 1]"));
  }
  if (target.has_score() && !InRange(target.score(), 0, 100)) {
    problems.push_back(
        absl::StrCat(name, ": score ", target.score(), " is not in [0, 100]"));
  }
  if (!std::isfinite(target.latency_ms()) || target.latency_ms() < 0) {
    problems.push_back(absl::StrCat(name, ": latency_ms ", target.latency_ms(),
                                    " is no latency"));
  }
}

void CheckModel(const routing::v1::ModelWeights& model,
                std::vector<std::string>& problems) {
  absl::flat_hash_set<std::string> regions;
  for (const routing::v1::RegionWeights& region : model.regions()) {
    const std::string where = absl::StrCat(
        "model ", model.model(), ", region \"", region.region(), "\"");
    if (!regions.insert(region.region()).second) {
      problems.push_back(absl::StrCat(where, ": is there twice"));
    }
    absl::flat_hash_set<TargetId> targets;
    for (const routing::v1::TargetWeight& target : region.targets()) {
      CheckTarget(target, where, problems);
      if (!targets
               .insert(MakeTargetId(target.provider(), target.upstream_model()))
               .second) {
        problems.push_back(absl::StrCat(where, ", target ", target.provider(),
                                        "/", target.upstream_model(),
                                        ": is there twice"));
      }
    }
  }
}

// The entry for `region`, else the one for the rest; nullptr for neither.
const routing::v1::RegionWeights* FindRegion(
    const routing::v1::ModelWeights& model, std::string_view region) {
  const routing::v1::RegionWeights* rest = nullptr;
  for (const routing::v1::RegionWeights& entry : model.regions()) {
    if (entry.region() == region) return &entry;
    if (entry.region().empty()) rest = &entry;
  }
  return rest;
}

// An operator's will, as the control plane heard it; the configuration says the
// same once it is here. TARGET_STATE_NO_CREDENTIAL is not of this kind: it says
// that the control plane can't resolve the credential and so can't probe. The
// credential may be there for this node alone, and whether it is, the node's
// own configuration knows. TARGET_STATE_AUTO_DISABLED is an observation, which
// a node may overrule when nothing else is left.
bool SwitchedOff(routing::v1::TargetState state) {
  return state == routing::v1::TARGET_STATE_DRAINING ||
         state == routing::v1::TARGET_STATE_DISABLED;
}

Standing StandingOf(routing::v1::TargetState state) {
  switch (state) {
    case routing::v1::TARGET_STATE_HEALTHY:
    case routing::v1::TARGET_STATE_DEGRADED:
      return Standing::kUsable;
    case routing::v1::TARGET_STATE_UNHEALTHY:
    case routing::v1::TARGET_STATE_AUTO_DISABLED:
      return Standing::kUnhealthy;
    default:
      return Standing::kUnknown;
  }
}

void ApplyRegion(const routing::v1::RegionWeights& region,
                 absl::Span<const TargetEntry> targets,
                 absl::Span<TargetShare> shares) {
  absl::flat_hash_map<TargetId, const routing::v1::TargetWeight*> said;
  std::uint32_t worst_rank = 0;
  for (const routing::v1::TargetWeight& target : region.targets()) {
    said.emplace(MakeTargetId(target.provider(), target.upstream_model()),
                 &target);
    worst_rank = std::max(worst_rank, target.rank());
  }
  // Ranks beyond any number of targets are cut, so that a target nobody spoke
  // of can still come after them.
  worst_rank = std::min(worst_rank, std::uint32_t{1} << 30);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto found = said.find(targets[i].id);
    if (found == said.end()) {
      shares[i].rank += worst_rank + 1;
      continue;
    }
    const routing::v1::TargetWeight& target = *found->second;
    shares[i].weight = target.weight();
    shares[i].rank = std::min(target.rank(), worst_rank);
    shares[i].forbidden |= SwitchedOff(target.state());
    shares[i].standing = StandingOf(target.state());
    shares[i].reserve = target.reserve();
  }
  Normalise(shares);
}

}  // namespace

std::vector<std::string> ProblemsOf(const routing::v1::Weights& weights) {
  std::vector<std::string> problems;
  absl::flat_hash_set<std::string> models;
  for (const routing::v1::ModelWeights& model : weights.models()) {
    if (!models.insert(model.model()).second) {
      problems.push_back(
          absl::StrCat("model ", model.model(), ": is there twice"));
    }
    CheckModel(model, problems);
  }
  const absl::Duration time_to_live =
      config::ToDuration(weights.time_to_live());
  if (time_to_live < absl::ZeroDuration() || time_to_live > kMaxTimeToLive) {
    problems.push_back(absl::StrCat("time_to_live ",
                                    absl::FormatDuration(time_to_live),
                                    " is not in [0, 24h]"));
  }
  return problems;
}

std::vector<TargetShare> SharesFor(const routing::v1::Weights& weights,
                                   const RoutingConfig& config,
                                   std::string_view region) {
  std::vector<TargetShare> shares = BaseShares(config);
  absl::flat_hash_map<std::string_view, const routing::v1::ModelWeights*> said;
  for (const routing::v1::ModelWeights& model : weights.models()) {
    said.emplace(model.model(), &model);
  }
  for (const ModelEntry& model : config.models) {
    const auto found = said.find(model.name);
    if (found == said.end()) continue;
    const routing::v1::RegionWeights* entry =
        FindRegion(*found->second, region);
    if (entry == nullptr) continue;
    const std::size_t count = model.end_target - model.first_target;
    ApplyRegion(
        *entry,
        absl::MakeConstSpan(config.targets).subspan(model.first_target, count),
        absl::MakeSpan(shares).subspan(model.first_target, count));
  }
  return shares;
}

std::set<std::string> RegionsOf(const routing::v1::Weights& weights,
                                const RoutingConfig& config) {
  std::set<std::string> regions;
  for (const routing::v1::ModelWeights& model : weights.models()) {
    for (const routing::v1::RegionWeights& entry : model.regions()) {
      regions.insert(entry.region());
    }
  }
  for (const ProviderEntry& provider : config.providers) {
    regions.insert(provider.region);
  }
  // The one without a name is the rest, for which nobody asks.
  regions.erase("");
  return regions;
}

std::vector<std::vector<std::uint32_t>> RefusedIn(
    const routing::v1::Weights& weights, const RoutingConfig& config) {
  std::vector<std::vector<std::uint32_t>> refused;
  for (const routing::v1::ProviderCredentials& entry : weights.providers()) {
    const auto found = config.provider_by_name.find(entry.provider());
    if (found == config.provider_by_name.end()) continue;
    refused.resize(config.providers.size());
    refused[found->second] = {entry.refused().begin(), entry.refused().end()};
  }
  return refused;
}

absl::Duration TimeToLive(const routing::v1::Weights& weights) {
  const absl::Duration stated = config::ToDuration(weights.time_to_live());
  return stated > absl::ZeroDuration() ? stated : kDefaultTimeToLive;
}

}  // namespace weir::dataplane
