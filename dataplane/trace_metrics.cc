#include "dataplane/trace_metrics.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "common/ops/metrics.h"
#include "dataplane/trace/span_exporter.h"

namespace weir::dataplane {

void AddTraceMetrics(const TraceCounts& traces, ops::MetricPage& page) {
  page.Counter("weir_trace_spans_exported_total",
               "Spans that the collector took.", {},
               static_cast<double>(traces.exported));
  const auto dropped = [&page](std::string_view reason, std::uint64_t spans) {
    page.Counter("weir_trace_spans_dropped_total",
                 "Spans that nobody has: a worker had no room (queue_full), "
                 "the collector was away for too long (undelivered), or would "
                 "not have them (rejected).",
                 {{"reason", std::string(reason)}}, static_cast<double>(spans));
  };
  dropped("queue_full", traces.queue_full);
  dropped("undelivered", traces.undelivered);
  dropped("rejected", traces.rejected);
  page.Gauge("weir_trace_export_failing",
             "1 while the collector does not take spans.", {},
             traces.failing ? 1 : 0);
}

}  // namespace weir::dataplane
