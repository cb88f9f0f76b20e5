// What is known of targets, as everybody is shown it: one model's view.
#ifndef WEIR_CONTROLPLANE_MODEL_VIEW_H_
#define WEIR_CONTROLPLANE_MODEL_VIEW_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/config/effective.h"
#include "common/ids.h"
#include "controlplane/fleet_plan.h"
#include "controlplane/health/summary.h"
#include "controlplane/scoreboard.h"
#include "controlplane/weight/balance.h"
#include "controlplane/weight/emergency_group.h"

namespace weir::controlplane {

// A target's record, read once for all models that have it.
struct Reading {
  HealthSummary health;
  std::optional<double> score;
  // The smallest share that is left of the provider's limits: of its own, as it
  // says, and of those that the operator set.
  std::optional<double> headroom;
  // Grows whenever something above may have changed.
  std::uint64_t changes = 0;
};
// In the order of a model's targets.
using Readings = std::vector<const Reading*>;

// What all models are seen by.
struct ViewRules {
  const config::Policy& policy;
  const GroupRules& groups;
  // Empty where there are no groups.
  std::string active_group;
  // Those that get weights of their own.
  const std::set<std::string>& regions;
};

// What balances leave for the next, by region; "" is for all others.
using ModelMemory = std::map<std::string, BalanceMemory>;

// States, weights and ranks of one model, for all and for each region.
// Pure but for `memory`, which is the model's own. REQUIRES: a reading for each
// of the model's targets.
ModelView ViewOfModel(const ModelPlan& plan, const Readings& readings,
                      const ViewRules& rules, const Moment& moment,
                      ModelMemory& memory);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_MODEL_VIEW_H_
