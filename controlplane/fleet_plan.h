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
  std::optional<absl::Duration> max_latency;
  std::int32_t priority;
  std::string region;
  std::string group;

  friend bool operator==(const TargetPlan&, const TargetPlan&) = default;
};

struct ModelPlan {
  std::string name;
  config::v1::Mode mode;
  BalanceRules rules;
  std::vector<TargetPlan> targets;
};

// What is watched: a target, once, however many models have it.
struct WatchPlan {
  Thresholds thresholds;
  // Where it is. A target that moved is another one with the same name, and
  // what is known of the old one says nothing of it.
  std::string endpoint;
};

struct FleetPlan {
  config::Policy policy;
  GroupRules groups;
  std::vector<ModelPlan> models;  // In the registry's order.
  std::map<TargetId, WatchPlan> watched;
};

// Pure. Targets whose provider is not among `resources` are left out; the
// validator lets none through.
FleetPlan PlanFleet(const config::v1::Resources& resources,
                    const std::set<std::string>& without_credential);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_FLEET_PLAN_H_
