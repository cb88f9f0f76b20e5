#include "dataplane/account/account.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "dataplane/account/cost.h"
#include "dataplane/relay/usage_scan.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {

void Account::OnAnswer(std::string_view model, int status,
                       absl::Duration latency) {
  ModelCounters& counters = models_[model];
  ++counters.requests[status];
  const double seconds = absl::ToDoubleSeconds(latency);
  const auto bound =
      std::lower_bound(kLatencyBounds.begin(), kLatencyBounds.end(), seconds);
  ++counters.latency_buckets[static_cast<std::size_t>(bound -
                                                      kLatencyBounds.begin())];
  counters.latency_sum_seconds += seconds;
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
