#include "dataplane/account/account.h"

#include <memory>
#include <string_view>

#include "absl/time/time.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {

ModelCounters& Account::CountersOf(std::string_view model) {
  if (last_counters_ != nullptr && last_model_ == model) {
    return *last_counters_;
  }
  std::unique_ptr<ModelCounters>& counters = models_[model];
  if (counters == nullptr) counters = std::make_unique<ModelCounters>();
  last_model_ = model;
  last_counters_ = counters.get();
  return *last_counters_;
}

void Account::OnAnswer(std::string_view model, int status,
                       absl::Duration latency) {
  ModelCounters& counters = CountersOf(model);
  ++counters.requests[status];
  counters.latency.Add(latency);
  CountAnswer(status);
}

void Account::OnHedge(std::string_view model, HedgeOutcome outcome) {
  if (outcome == HedgeOutcome::kNone) return;
  ModelCounters& counters = CountersOf(model);
  ++counters.hedges;
  if (outcome == HedgeOutcome::kWon) ++counters.hedges_won;
}

WorkerReport Account::Copy() const {
  WorkerReport copy = report;
  for (const auto& [name, counters] : models_) {
    copy.models.emplace(name, *counters);
  }
  copy.errors.insert(errors_.begin(), errors_.end());
  return copy;
}

}  // namespace weir::dataplane
