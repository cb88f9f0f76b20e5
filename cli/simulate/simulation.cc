#include "cli/simulate/simulation.h"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "cli/simulate/flow.h"
#include "cli/simulate/limits.h"
#include "common/concat.h"
#include "common/config/effective.h"
#include "common/config/price.h"
#include "controlplane/fleet_plan.h"
#include "controlplane/health/target_state.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::simulate {
namespace {

namespace v1 = config::v1;
using controlplane::FleetView;

// Weights and rates pull at each other; a tenth of the way at a time they meet,
// and so many steps leave nothing of a difference (0.9^300 = 2e-14).
constexpr double kStep = 0.1;
constexpr int kSteps = 300;

constexpr double kSecondsOfMonth = 30 * 86400.0;

routing::v1::TargetState ToMessage(controlplane::TargetState state) {
  routing::v1::TargetState message = routing::v1::TARGET_STATE_UNSPECIFIED;
  routing::v1::TargetState_Parse(
      "TARGET_STATE_" + absl::AsciiStrToUpper(controlplane::StateName(state)),
      &message);
  return message;
}

std::set<std::string> RegionsOf(const Scenario& scenario) {
  std::set<std::string> regions = scenario.regions;
  for (const Part& part : scenario.parts) regions.insert(part.region);
  regions.erase("");
  return regions;
}

Rates RatesUnder(const Scenario& scenario, const FleetView& fleet) {
  Rates rates;
  for (const Part& part : scenario.parts) {
    const Flow flow = FlowOf(part, scenario.resources, fleet);
    const v1::Model& model = scenario.resources.models(flow.model);
    for (std::size_t i = 0; i < flow.streams.size(); ++i) {
      rates[model.targets(static_cast<int>(i)).provider()] +=
          60 * scenario.requests_per_second * part.share *
          flow.streams[i].share;
    }
  }
  return rates;
}

// Adds what is known; a sum with something unknown in it is unknown.
void AddKnown(std::optional<double> value, std::optional<double>& sum) {
  if (!value.has_value() || !sum.has_value()) {
    sum = std::nullopt;
  } else {
    *sum += *value;
  }
}

std::optional<double> CostOfMonth(const std::optional<config::Price>& price,
                                  const Part& part,
                                  double requests_per_second) {
  if (!price.has_value()) return std::nullopt;
  // Dollars of a million requests at dollars of a million tokens.
  return CostOfMillion(*price, part.tokens) / 1e6 * requests_per_second *
         kSecondsOfMonth;
}

struct Totals {
  std::optional<double> cost = 0.0;
  std::optional<double> latency_ms = 0.0;
};

void FillTarget(const Stream& stream, const v1::Model& model, int index,
                const controlplane::TargetView& view,
                admin::v1::SimulatedTarget& target) {
  const v1::Target& configured = model.targets(index);
  target.set_model(model.name());
  target.set_provider(configured.provider());
  target.set_upstream_model(config::UpstreamModel(model, configured));
  target.set_state(ToMessage(view.state));
  target.set_share(stream.share);
  target.set_rank(stream.rank);
  if (stream.latency.has_value()) {
    *target.mutable_latency() = config::FromDuration(*stream.latency);
  }
}

Totals FillPart(const Part& part, const Flow& flow, const Scenario& scenario,
                const FleetView& fleet, admin::v1::SimulatedPart& message) {
  const v1::Model& model = scenario.resources.models(flow.model);
  const auto& views =
      fleet.models[static_cast<std::size_t>(flow.model)]->targets;
  Totals totals;
  for (std::size_t i = 0; i < flow.streams.size(); ++i) {
    const Stream& stream = flow.streams[i];
    const int index = static_cast<int>(i);
    admin::v1::SimulatedTarget& target = *message.add_targets();
    FillTarget(stream, model, index, views[i], target);
    const double rate =
        scenario.requests_per_second * part.share * stream.share;
    target.set_requests_per_second(rate);
    const auto cost =
        CostOfMonth(config::PriceAt(scenario.resources, model,
                                    model.targets(index), scenario.now),
                    part, rate);
    if (cost.has_value()) target.set_cost_month_usd(*cost);
    if (stream.share == 0) continue;
    AddKnown(cost, totals.cost);
    std::optional<double> latency_ms;
    if (stream.latency.has_value()) {
      latency_ms = stream.share * absl::ToDoubleMilliseconds(*stream.latency);
    }
    AddKnown(latency_ms, totals.latency_ms);
  }
  message.set_unserved(!flow.is_served());
  if (!flow.is_served()) return {0.0, std::nullopt};
  return totals;
}

// The models that serve the simulation's parts.
std::set<std::string> Serving(const admin::v1::Simulation& simulation) {
  std::set<std::string> models;
  for (const admin::v1::SimulatedPart& part : simulation.parts()) {
    for (const auto& target : part.targets()) models.insert(target.model());
  }
  return models;
}

void NoteState(const FleetView& fleet, admin::v1::Simulation& simulation) {
  const std::set<std::string> serving = Serving(simulation);
  for (const controlplane::ModelView& model : fleet.models) {
    if (!model.panic || !serving.contains(model.model)) continue;
    simulation.add_notes(
        Concat("model ", model.model,
               ": too few targets are usable, so health is ignored (panic)"));
  }
  if (fleet.groups.empty() || fleet.groups.front().active ||
      !fleet.last_switch.has_value()) {
    return;
  }
  simulation.add_notes(Concat("emergency group ", fleet.last_switch->group,
                              " is active: ", fleet.last_switch->reason));
}

}  // namespace

FleetView SettleUnder(const Scenario& scenario) {
  const controlplane::FleetPlan plan =
      controlplane::PlanFleet(scenario.resources, {});
  const std::set<std::string> regions = RegionsOf(scenario);
  const Supposition supposition{plan, scenario.health, regions,
                                scenario.last_switch, scenario.now};
  Rates rates;
  FleetView fleet = Settle(supposition, rates);
  if (plan.max_rpm.empty()) return fleet;
  for (int step = 0; step < kSteps; ++step) {
    for (const auto& [provider, rate] : RatesUnder(scenario, fleet)) {
      rates[provider] += kStep * (rate - rates[provider]);
    }
    fleet = Settle(supposition, rates);
  }
  return fleet;
}

admin::v1::Simulation Simulate(const Scenario& scenario,
                               const FleetView& fleet) {
  admin::v1::Simulation simulation;
  simulation.set_requests_per_second(scenario.requests_per_second);
  std::optional<double> cost = 0.0;
  for (const Part& part : scenario.parts) {
    const Flow flow = FlowOf(part, scenario.resources, fleet);
    admin::v1::SimulatedPart& message = *simulation.add_parts();
    message.set_model(scenario.resources.models(part.model).name());
    message.set_complexity(part.complexity);
    message.set_region(part.region);
    message.set_requests_per_second(scenario.requests_per_second * part.share);
    const Totals totals = FillPart(part, flow, scenario, fleet, message);
    if (totals.latency_ms.has_value()) {
      *message.mutable_latency() =
          config::FromDuration(absl::Milliseconds(*totals.latency_ms));
    }
    if (totals.cost.has_value()) message.set_cost_month_usd(*totals.cost);
    AddKnown(totals.cost, cost);
  }
  if (cost.has_value()) simulation.set_cost_month_usd(*cost);
  AddLimits(scenario, simulation);
  NoteState(fleet, simulation);
  return simulation;
}

}  // namespace weir::simulate
