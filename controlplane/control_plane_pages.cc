// What a control plane has to say of itself.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/ops/metrics.h"
#include "controlplane/alert/alert_rules.h"
#include "controlplane/alert_metrics.h"
#include "controlplane/budget/budget_watch.h"
#include "controlplane/control_plane.h"
#include "controlplane/control_plane_parts.h"
#include "controlplane/http_port.h"
#include "controlplane/http_views.h"
#include "controlplane/lease_watch.h"
#include "controlplane/ledger_watch.h"
#include "controlplane/metrics.h"
#include "controlplane/publish/publication.h"
#include "controlplane/rollout_watch.h"
#include "controlplane/scoreboard.h"

namespace weir::controlplane {

HttpPages ControlPlane::Impl::Pages() {
  return {
      [this] { return MetricsPage(); },
      [this] {
        return HealthJson({*scoreboard_.View(), registry_->Current().revision,
                           nodes_.connected(), Problems()});
      },
      [this] {
        return RoutingWeightsJson(*scoreboard_.View(),
                                  publisher_.Latest(Lane::kWeights));
      },
      [this] { return ready_.load(); }};
}

void ControlPlane::Impl::LookAtAccounts() {
  const std::vector<BudgetStanding> standings = budgets_.Standings();
  quotas_.SetSpent(SpentKeys(standings));
  std::vector<Condition> conditions = Conditions();
  for (auto& more : {BudgetConditions(standings),
                     MisreportConditions(misreports_.Sources())}) {
    conditions.insert(conditions.end(), more.begin(), more.end());
  }
  alerts_.Look(scoreboard_.View(), std::move(conditions));
}

std::vector<Condition> ControlPlane::Impl::Conditions() const {
  std::vector<Condition> conditions = LedgerConditions(ledger_.stats());
  for (Condition& condition : RolloutConditions(rollout_.status())) {
    conditions.push_back(std::move(condition));
  }
  if (options_.lease == nullptr) return conditions;
  for (Condition& condition : LeaseConditions(options_.lease->Current())) {
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

std::vector<std::string> ControlPlane::Impl::Problems() const {
  std::vector<std::string> problems;
  if (resource_file_.has_value()) {
    problems = resource_file_->problems();
  }
  if (registry_->Current().revision == 0) {
    problems.emplace_back("nothing is configured; use weirctl apply -f FILE");
  }
  for (const auto& more : {credentials_.problems(), grpc_->problems()}) {
    problems.insert(problems.end(), more.begin(), more.end());
  }
  for (Condition& condition : Conditions()) {
    problems.push_back(std::move(condition.summary));
  }
  return problems;
}

std::string ControlPlane::Impl::MetricsPage() const {
  const PublicationPtr config = publisher_.Latest(Lane::kConfig);
  const PublicationPtr weights = publisher_.Latest(Lane::kWeights);
  std::optional<bool> file_applied;
  if (resource_file_.has_value()) file_applied = resource_file_->state().ok();
  const std::shared_ptr<const FleetView> fleet = scoreboard_.View();
  ops::MetricPage page = MakeMetrics(
      {*fleet, publisher_.epoch(), registry_->Current().revision, config,
       weights,
       nodes_.Count([this](const NodeId& node) { return rollout_.For(node); },
                    weights),
       routing_.streams(), routing_core_.counters, grpc_->stats(),
       probe_counter_.Counts(), registry_->store_errors() + journal_.errors(),
       credentials_.problems().size(), file_applied});
  AddAlertMetrics(
      {alerts_.Alerts(), alerts_.RaisedCounts(), deliveries_.Counts()}, page);
  AddLedgerMetrics(ledger_.stats(), routing_core_.counters, page);
  AddRolloutMetrics(rollout_.status(), rollout_.counts(), page);
  grpc_->AddMetrics(page);
  AddBudgetMetrics(budgets_.Standings(), quotas_.Uses(), page);
  if (options_.lease != nullptr) {
    AddLeaseMetrics(options_.lease->Current(), page);
  }
  page.AddDropped();
  return page.Text();
}

}  // namespace weir::controlplane
