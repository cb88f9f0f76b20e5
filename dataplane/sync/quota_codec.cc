#include "dataplane/sync/quota_codec.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "dataplane/quota/quota_book.h"

namespace weir::dataplane {
namespace {

// The time in which one of the smallest limit's requests comes.
constexpr absl::Duration kLongestClosed = absl::Minutes(1);

}  // namespace

QuotaWord QuotaWordOf(const routing::v1::QuotaUpdate& update) {
  QuotaWord word;
  word.time_to_live = config::ToDuration(update.time_to_live());
  word.nodes = std::max<std::uint32_t>(update.nodes(), 1);
  for (const routing::v1::LimitLease& lease : update.leases()) {
    word.leases[lease.limit()] = lease.share() > 0 ? lease.share() : 0;
    if (!lease.has_admission()) continue;
    const routing::v1::LimitAdmission& admission = lease.admission();
    word.admissions[lease.limit()] = {
        admission.answered(), admission.granted(),
        std::clamp(config::ToDuration(admission.closed_for()),
                   absl::ZeroDuration(), kLongestClosed)};
  }
  for (const routing::v1::SpentBudget& spent : update.spent()) {
    word.spent.push_back(
        {spent.client_key(),
         spent.has_until() ? config::ToTime(spent.until())
                           : absl::InfiniteFuture(),
         spent.fallback(),
         {spent.fallback_by_model().begin(), spent.fallback_by_model().end()}});
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
    line.set_asked(demand.asked);
    line.set_waiting(demand.waiting);
    line.set_granted(demand.granted);
    line.set_share(demand.share);
  }
  return report;
}

}  // namespace weir::dataplane
