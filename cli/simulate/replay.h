// Recorded decisions, made again.
#ifndef WEIR_CLI_SIMULATE_REPLAY_H_
#define WEIR_CLI_SIMULATE_REPLAY_H_

#include <google/protobuf/repeated_field.h>

#include <set>
#include <string>

#include "cli/simulate/simulation.h"
#include "controlplane/scoreboard.h"
#include "weir/admin/v1/simulation.pb.h"
#include "weir/routing/v1/decision.pb.h"

namespace weir::simulate {

using Decisions = google::protobuf::RepeatedPtrField<routing::v1::Decision>;

// Those that the decisions were made for.
std::set<std::string> RegionsOf(const Decisions& decisions);

// Makes each decision again with the scenario's weights and the draw that it
// was made with. One by affinity stays where it was while that target has
// weight: conversations move only when they must. Tokens cost what the new
// target asks for them. Pure. REQUIRES: `fleet` is of `scenario`, with weights
// for RegionsOf(decisions).
admin::v1::Replay MakeAgain(const Decisions& decisions,
                            const Scenario& scenario,
                            const controlplane::FleetView& fleet);

}  // namespace weir::simulate

#endif  // WEIR_CLI_SIMULATE_REPLAY_H_
