#include "controlplane/fleet_plan.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/config/price.h"
#include "controlplane/health/health.h"
#include "controlplane/health/target_state.h"
#include "controlplane/weight/balance.h"
#include "controlplane/weight/panic.h"
#include "controlplane/weight/strategy.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {
namespace {

namespace v1 = config::v1;

constexpr absl::Duration kStaleAfter = absl::Seconds(30);

Thresholds ThresholdsOf(const v1::Provider& provider,
                        const config::Policy& policy) {
  const config::HealthCheck check = config::EffectiveHealthCheck(provider);
  Thresholds thresholds;
  thresholds.unhealthy_after = check.unhealthy_after;
  thresholds.healthy_after = check.healthy_after;
  thresholds.error_rate_ceiling = policy.error_rate_ceiling;
  // A target that is asked once a minute is not unknown for half of it. Half an
  // interval is for jitter and the probe's own time.
  thresholds.stale_after =
      std::max(kStaleAfter, 1.5 * check.interval + check.timeout);
  thresholds.probes = check.kind == v1::PROBE_KIND_CHAT
                          ? ProbeStrength::kService
                          : ProbeStrength::kContact;
  return thresholds;
}

std::optional<TargetState> Imposed(
    const v1::Provider& provider, const v1::Target& target,
    const std::set<std::string>& without_credential) {
  const v1::Mode modes[] = {config::EffectiveMode(provider.mode()),
                            config::EffectiveMode(target.mode())};
  if (std::ranges::count(modes, v1::MODE_DISABLED) > 0) {
    return TargetState::kDisabled;
  }
  if (std::ranges::count(modes, v1::MODE_DRAINING) > 0) {
    return TargetState::kDraining;
  }
  if (without_credential.contains(provider.name())) {
    return TargetState::kNoCredential;
  }
  return std::nullopt;
}

BalanceRules RulesOf(const v1::Model& model, const config::Policy& policy) {
  BalanceRules rules;
  rules.strategy = StrategyFor(model.strategy());
  rules.fallback =
      model.fallback().empty() ? Fallback::kNone : Fallback::kOtherModels;
  rules.panic_threshold = policy.panic_threshold;
  rules.ramp = policy.ramp;
  return rules;
}

std::optional<absl::Duration> LatencyCeiling(const v1::Target& target,
                                             const config::Policy& policy) {
  const auto own = config::MaxLatency(target);
  if (!own.has_value()) return policy.latency_p95_ceiling;
  return std::min(*own, policy.latency_p95_ceiling.value_or(*own));
}

std::optional<double> FixedShare(const v1::Target& target) {
  if (!target.has_fixed_share()) return std::nullopt;
  return target.fixed_share();
}

std::set<std::string> NamedRegions(const v1::Resources& resources) {
  std::set<std::string> regions;
  for (const v1::Provider& provider : resources.providers()) {
    regions.insert(provider.region());
  }
  for (const v1::ClientKey& key : resources.client_keys()) {
    regions.insert(key.regions().begin(), key.regions().end());
  }
  regions.erase("");
  regions.erase("*");
  return regions;
}

}  // namespace

FleetPlan PlanFleet(const v1::Resources& resources,
                    const std::set<std::string>& without_credential) {
  FleetPlan plan;
  plan.policy = config::EffectivePolicy(resources.policy());
  plan.groups.order = {resources.policy().group_order().begin(),
                       resources.policy().group_order().end()};
  plan.groups.switch_after = plan.policy.group_switch_after;
  plan.regions = NamedRegions(resources);
  std::map<std::string_view, const v1::Provider*> providers;
  for (const v1::Provider& provider : resources.providers()) {
    providers.emplace(provider.name(), &provider);
    const std::uint64_t max_rpm = provider.limits().max_rpm();
    if (max_rpm > 0) plan.max_rpm.emplace(provider.name(), max_rpm);
  }
  const config::PriceList prices(resources.prices());
  for (const v1::Model& model : resources.models()) {
    ModelPlan& planned = plan.models.emplace_back();
    planned.name = model.name();
    planned.mode = config::EffectiveMode(model.mode());
    planned.rules = RulesOf(model, plan.policy);
    planned.mix = config::EffectiveMix(model);
    planned.by_region = DependsOnRegion(model.strategy());
    for (const v1::Target& target : model.targets()) {
      const auto found = providers.find(target.provider());
      if (found == providers.end()) continue;
      const v1::Provider& provider = *found->second;
      const TargetId id = config::TargetIdOf(model, target);
      planned.targets.push_back(
          TargetPlan{.id = id,
                     .provider = provider.name(),
                     .upstream_model = config::UpstreamModel(model, target),
                     .imposed = Imposed(provider, target, without_credential),
                     .base_weight = config::BaseWeight(target),
                     .max_latency = LatencyCeiling(target, plan.policy),
                     .prices = config::PricesOf(model, target, prices),
                     .priority = provider.priority(),
                     .region = provider.region(),
                     .group = provider.group(),
                     .fixed_share = FixedShare(target)});
      plan.watched.try_emplace(
          id, WatchPlan{
                  ThresholdsOf(provider, plan.policy), provider.name(),
                  absl::StrCat(provider.dialect(), " ", provider.base_url())});
    }
  }
  return plan;
}

}  // namespace weir::controlplane
