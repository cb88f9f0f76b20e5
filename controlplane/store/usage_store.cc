#include "controlplane/store/usage_store.h"

#include <algorithm>

namespace weir::controlplane {

void AddUsage(const UsageSums& more, UsageSums& sums) {
  for (const auto count : kUsageCounts) {
    // Neither is above the limit, so their sum fits.
    sums.*count = std::min(sums.*count + more.*count, kMaxUsageCount);
  }
  sums.latency.Merge(more.latency);
}

}  // namespace weir::controlplane
