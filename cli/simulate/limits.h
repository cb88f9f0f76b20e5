// What a simulation asks of providers' limits.
#ifndef WEIR_CLI_SIMULATE_LIMITS_H_
#define WEIR_CLI_SIMULATE_LIMITS_H_

#include "cli/simulate/simulation.h"
#include "weir/admin/v1/simulation.pb.h"

namespace weir::simulate {

// Adds each limit that the scenario's providers have, with what the parts of
// `simulation` ask of it. Requests in flight are as many as come in the time
// that one takes. Pure. REQUIRES: the simulation's parts are the scenario's.
void AddLimits(const Scenario& scenario, admin::v1::Simulation& simulation);

}  // namespace weir::simulate

#endif  // WEIR_CLI_SIMULATE_LIMITS_H_
