// What became of a node's spans, as metrics.
#ifndef WEIR_DATAPLANE_TRACE_METRICS_H_
#define WEIR_DATAPLANE_TRACE_METRICS_H_

#include "common/ops/metrics.h"
#include "dataplane/trace/span_exporter.h"

namespace weir::dataplane {

// Pure.
void AddTraceMetrics(const TraceCounts& traces, ops::MetricPage& page);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_TRACE_METRICS_H_
