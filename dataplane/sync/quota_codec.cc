#include "dataplane/sync/quota_codec.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "dataplane/quota/quota_book.h"

namespace weir::dataplane {

QuotaWord QuotaWordOf(const routing::v1::QuotaUpdate& update) {
  QuotaWord word;
  word.time_to_live = config::ToDuration(update.time_to_live());
  word.nodes = std::max<std::uint32_t>(update.nodes(), 1);
  for (const routing::v1::LimitLease& lease : update.leases()) {
    word.leases[lease.limit()] = lease.share() > 0 ? lease.share() : 0;
  }
  for (const routing::v1::SpentBudget& spent : update.spent()) {
    word.spent.push_back({spent.client_key(),
                          spent.has_until() ? config::ToTime(spent.until())
                                            : absl::InfiniteFuture(),
                          spent.fallback()});
  }
  return word;
}

routing::v1::Report WithDemands(const std::vector<QuotaDemand>& demands,
                                routing::v1::Report report) {
  for (const QuotaDemand& demand : demands) {
    routing::v1::LimitDemand& line = *report.add_limits();
    line.set_limit(demand.limit);
    line.set_wanted(demand.wanted);
    line.set_refused(demand.refused);
    line.set_held(demand.held);
  }
  return report;
}

}  // namespace weir::dataplane
