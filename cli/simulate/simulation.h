// Where traffic would go.
#ifndef WEIR_CLI_SIMULATE_SIMULATION_H_
#define WEIR_CLI_SIMULATE_SIMULATION_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "cli/simulate/settle.h"
#include "cli/simulate/traffic.h"
#include "cli/simulate/what_if.h"
#include "controlplane/scoreboard.h"
#include "controlplane/weight/emergency_group.h"
#include "weir/admin/v1/simulation.pb.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::simulate {

struct Scenario {
  // REQUIRES: the validator found no problem.
  config::v1::Resources resources;
  // Of each of their targets.
  FleetHealth health;
  std::vector<Part> parts;
  double requests_per_second = 1;
  // The last switch of emergency groups; nullopt: there was none.
  std::optional<controlplane::GroupSwitch> last_switch;
  // Regions that weights are wanted for beside those of the parts.
  std::set<std::string> regions = {};
  // On the wall clock: prices are those of that day.
  absl::Time now = absl::UnixEpoch();
};

// The fleet as the scenario's traffic leaves it: limits of providers take
// weight from what would break them, and weights decide what is asked of
// limits. Pure.
controlplane::FleetView SettleUnder(const Scenario& scenario);

// Shares, latencies, costs and limits. Pure. REQUIRES: `fleet` is of
// `scenario`.
admin::v1::Simulation Simulate(const Scenario& scenario,
                               const controlplane::FleetView& fleet);

}  // namespace weir::simulate

#endif  // WEIR_CLI_SIMULATE_SIMULATION_H_
