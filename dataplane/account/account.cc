#include "dataplane/account/account.h"

#include <string_view>

#include "absl/time/time.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {

void Account::OnAnswer(std::string_view model, int status,
                       absl::Duration latency) {
  ModelCounters& counters = models_[model];
  ++counters.requests[status];
  counters.latency.Add(latency);
  CountAnswer(status);
}

void Account::OnHedge(std::string_view model, HedgeOutcome outcome) {
  if (outcome == HedgeOutcome::kNone) return;
  ModelCounters& counters = models_[model];
  ++counters.hedges;
  if (outcome == HedgeOutcome::kWon) ++counters.hedges_won;
}

WorkerReport Account::Copy() const {
  WorkerReport copy = report;
  copy.models.insert(models_.begin(), models_.end());
  copy.errors.insert(errors_.begin(), errors_.end());
  return copy;
}

}  // namespace weir::dataplane
