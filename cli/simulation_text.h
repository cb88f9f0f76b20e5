// Simulations, for people.
#ifndef WEIR_CLI_SIMULATION_TEXT_H_
#define WEIR_CLI_SIMULATION_TEXT_H_

#include <string>

#include "cli/table.h"
#include "weir/admin/v1/simulation.pb.h"

namespace weir::cli {

// A line for each target, then sums, limits, the replay and notes.
std::string SimulationText(const weir::admin::v1::Simulation& simulation,
                           Paint paint);

}  // namespace weir::cli

#endif  // WEIR_CLI_SIMULATION_TEXT_H_
