#include "cli/simulate/settle.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/ids.h"
#include "controlplane/group_view.h"
#include "controlplane/health/rate_limit.h"
#include "controlplane/health/summary.h"
#include "controlplane/model_view.h"
#include "controlplane/score/score.h"

namespace weir::simulate {
namespace {

using controlplane::FleetView;
using controlplane::GroupMemory;
using controlplane::HealthSummary;
using controlplane::Reading;
using controlplane::Readings;
using controlplane::Verdict;

using ReadingByTarget = std::map<TargetId, Reading>;

// So many latencies make a p95.
constexpr std::uint64_t kManyLatencies = 20;

HealthSummary SummaryOf(const TargetHealth& target) {
  const bool up = target.state == TargetHealth::State::kUp;
  HealthSummary summary;
  summary.verdict = up ? Verdict::kUp : Verdict::kDown;
  summary.success_rate = up ? target.success_rate : 0;
  summary.latency = target.latency;
  summary.latency_by_region = target.latency_by_region;
  if (target.latency.has_value()) {
    summary.p50 = summary.p95 = target.latency;
    summary.latency_count = kManyLatencies;
  }
  return summary;
}

ReadingByTarget ReadAll(const Supposition& supposition, const Rates& rates) {
  const controlplane::FleetPlan& plan = supposition.plan;
  ReadingByTarget readings;
  for (const auto& [id, watched] : plan.watched) {
    Reading& reading = readings[id];
    reading.health = SummaryOf(supposition.health.at(id));
    reading.score =
        controlplane::Score(reading.health, {plan.policy.latency_scale});
    const auto limit = plan.max_rpm.find(watched.provider);
    const auto rate = rates.find(watched.provider);
    if (limit == plan.max_rpm.end() || rate == rates.end()) continue;
    reading.headroom = controlplane::HeadroomOf(
        static_cast<double>(limit->second), rate->second);
  }
  return readings;
}

Readings ReadingsOf(const controlplane::ModelPlan& model,
                    const ReadingByTarget& readings) {
  Readings of_model;
  for (const controlplane::TargetPlan& target : model.targets) {
    of_model.push_back(&readings.at(target.id));
  }
  return of_model;
}

FleetView Look(const Supposition& supposition, const ReadingByTarget& readings,
               const Moment& moment, const GroupMemory& groups) {
  const controlplane::FleetPlan& plan = supposition.plan;
  const controlplane::ViewRules rules{
      plan.policy, plan.groups, controlplane::ActiveGroup(plan.groups, groups),
      supposition.regions};
  FleetView view;
  for (const controlplane::ModelPlan& model : plan.models) {
    // Nothing to step from: what follows holds at once.
    controlplane::ModelMemory memory;
    view.models.push_back(controlplane::ViewOfModel(
        model, ReadingsOf(model, readings), rules, moment, memory));
  }
  return view;
}

}  // namespace

FleetView Settle(const Supposition& supposition, const Rates& rates) {
  const controlplane::FleetPlan& plan = supposition.plan;
  const ReadingByTarget readings = ReadAll(supposition, rates);
  GroupMemory groups;
  groups.last = supposition.last_switch;
  Moment moment{absl::UnixEpoch() + absl::Hours(1), supposition.now};
  FleetView view = Look(supposition, readings, moment, groups);
  const std::vector<controlplane::GroupSight> sights =
      controlplane::SightsOfGroups(plan, view);
  controlplane::ObserveGroups(plan.groups, sights, moment, groups);
  moment.now += plan.groups.switch_after;
  if (controlplane::ObserveGroups(plan.groups, sights, moment, groups)) {
    view = Look(supposition, readings, moment, groups);
  }
  view.groups = controlplane::ViewOfGroups(plan.groups, sights, moment, groups);
  view.last_switch = groups.last;
  return view;
}

}  // namespace weir::simulate
