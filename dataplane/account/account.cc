#include "dataplane/account/account.h"

#include <optional>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "dataplane/account/cost.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/relay/usage_scan.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {

void Account::OnAnswer(std::string_view model, int status,
                       absl::Duration latency) {
  ModelCounters& counters = models_[model];
  ++counters.requests[status];
  counters.latency.Add(latency);
}

void Account::OnUsage(std::string_view model, std::string_view provider,
                      const UsageReading& reading,
                      const std::optional<config::Price>& price) {
  if (reading == UsageReading()) return;
  UsageCounters& counters = usage_[model][provider];
  const Usage& usage = reading.usage;
  counters.input += InputOf(usage).value_or(0);
  counters.cached_input += usage.cache_read.value_or(0);
  counters.cache_writes += CacheWriteOf(usage).value_or(0);
  counters.output += OutputOf(usage).value_or(0);
  counters.reasoning += usage.reasoning.value_or(0);
  counters.unbelievable += reading.unbelievable;
  counters.cost += CostOf(usage, price).value_or(0);
  counters.cache_savings += SavingsOf(usage, price);
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
  for (const auto& [model, providers] : usage_) {
    for (const auto& [provider, usage] : providers) {
      copy.usage.emplace(std::pair(model, provider), usage);
    }
  }
  copy.errors.insert(errors_.begin(), errors_.end());
  return copy;
}

}  // namespace weir::dataplane
