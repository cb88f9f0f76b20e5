// The weights on which the control plane would settle.
#ifndef WEIR_CLI_SIMULATE_SETTLE_H_
#define WEIR_CLI_SIMULATE_SETTLE_H_

#include <map>
#include <optional>
#include <set>
#include <string>

#include "absl/time/time.h"
#include "cli/simulate/what_if.h"
#include "controlplane/fleet_plan.h"
#include "controlplane/scoreboard.h"
#include "controlplane/weight/emergency_group.h"

namespace weir::simulate {

// Requests a minute, by provider.
using Rates = std::map<std::string, double>;

struct Supposition {
  const controlplane::FleetPlan& plan;
  // REQUIRES: a health for each target of the plan.
  const FleetHealth& health;
  // Those that get weights of their own where a strategy looks at place.
  const std::set<std::string>& regions;
  // The last switch of emergency groups; nullopt: there was none.
  std::optional<controlplane::GroupSwitch> last_switch;
  // On the wall clock, for prices.
  absl::Time now = absl::UnixEpoch();
};

// By the control plane's own code: health, score, weight. It is how things
// stand once they have stood so for long: ramps and steps are over, what is
// slow has become usual, and a group that is dead has been left. Pure.
controlplane::FleetView Settle(const Supposition& supposition,
                               const Rates& rates);

}  // namespace weir::simulate

#endif  // WEIR_CLI_SIMULATE_SETTLE_H_
