// What a node does with its part of the fleet's limits, as metrics.
#ifndef WEIR_DATAPLANE_LIMIT_METRICS_H_
#define WEIR_DATAPLANE_LIMIT_METRICS_H_

#include <span>

#include "common/ops/metrics.h"
#include "dataplane/quota/quota_book.h"

namespace weir::dataplane {

// Pure.
void AddLimitMetrics(std::span<const LimitStatus> limits,
                     ops::MetricPage& page);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_LIMIT_METRICS_H_
