// Resources, as the scoreboard goes through them.
#ifndef WEIR_CONTROLPLANE_FLEET_PLAN_H_
#define WEIR_CONTROLPLANE_FLEET_PLAN_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/config/price.h"
#include "common/ids.h"
#include "controlplane/health/health.h"
#include "controlplane/health/target_state.h"
#include "controlplane/weight/balance.h"
#include "controlplane/weight/emergency_group.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// One target of one model.
struct TargetPlan {
  TargetId id;
  std::string provider;
  std::string upstream_model;
  // kDisabled, kDraining or kNoCredential; nullopt: health decides.
  std::optional<TargetState> imposed;
  double base_weight;
  // The target's own ceiling or the policy's, whichever is lower.
  std::optional<absl::Duration> max_latency;
  config::PriceSchedule prices;
  std::int32_t priority;
  std::string region;
  std::string group;
  std::optional<double> fixed_share;

  friend bool operator==(const TargetPlan&, const TargetPlan&) = default;
};

struct ModelPlan {
  std::string name;
  config::v1::Mode mode;
  BalanceRules rules;
  config::Mix mix;
  // Shares are computed for each region apart.
  bool by_region;
  std::vector<TargetPlan> targets;

  // Whether what was shared under one may be stepped from under the other.
  bool SharesLike(const ModelPlan& other) const {
    return targets == other.targets && mix == other.mix &&
           rules.strategy == other.rules.strategy;
  }
};

// What is watched: a target, once, however many models have it.
struct WatchPlan {
  Thresholds thresholds;
  std::string provider;
  // Where it is. A target that moved is another one with the same name, and
  // what is known of the old one says nothing of it.
  std::string endpoint;
};

struct FleetPlan {
  config::Policy policy;
  GroupRules groups;
  std::vector<ModelPlan> models;  // In the registry's order.
  std::map<TargetId, WatchPlan> watched;
  // Requests a minute that operators allow, by provider; those without a limit
  // are left out.
  std::map<std::string, std::uint64_t> max_rpm;
  // That providers and client keys name.
  std::set<std::string> regions;
};

// Pure. Targets whose provider is not among `resources` are left out; the
// validator lets none through.
FleetPlan PlanFleet(const config::v1::Resources& resources,
                    const std::set<std::string>& without_credential);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_FLEET_PLAN_H_
