#include "dataplane/account/account.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "absl/time/time.h"
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

WorkerReport Account::Copy() const {
  WorkerReport copy = report;
  copy.models.insert(models_.begin(), models_.end());
  copy.errors.insert(errors_.begin(), errors_.end());
  return copy;
}

}  // namespace weir::dataplane
