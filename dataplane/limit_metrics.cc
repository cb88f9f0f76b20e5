#include "dataplane/limit_metrics.h"

#include <span>

#include "common/ops/metrics.h"
#include "dataplane/quota/quota_book.h"

namespace weir::dataplane {

// A family after the other, as the format wants them.
void AddLimitMetrics(std::span<const LimitStatus> limits,
                     ops::MetricPage& page) {
  for (const LimitStatus& limit : limits) {
    page.Counter("weir_quota_wanted_total",
                 "Requests or tokens that were asked of a limit.",
                 {{"limit", limit.id}}, static_cast<double>(limit.wanted));
  }
  for (const LimitStatus& limit : limits) {
    page.Counter("weir_quota_refused_total",
                 "Those of them that were over this node's share.",
                 {{"limit", limit.id}}, static_cast<double>(limit.refused));
  }
  for (const LimitStatus& limit : limits) {
    if (limit.asked == 0) continue;
    page.Counter("weir_quota_asked_total",
                 "Requests of a small limit that the control plane was asked "
                 "for.",
                 {{"limit", limit.id}}, static_cast<double>(limit.asked));
  }
  for (const LimitStatus& limit : limits) {
    page.Gauge("weir_quota_share",
               "This node's share of a limit, a minute or in flight.",
               {{"limit", limit.id}}, limit.share);
  }
}

}  // namespace weir::dataplane
