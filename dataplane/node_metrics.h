// A node's /metrics page.
#ifndef WEIR_DATAPLANE_NODE_METRICS_H_
#define WEIR_DATAPLANE_NODE_METRICS_H_

#include "common/ops/metrics.h"
#include "dataplane/node_status.h"

namespace weir::dataplane {

// Every label value comes from the configuration, from weir's own constants or
// is a status code, never from a client. Pure.
ops::MetricPage NodeMetrics(const NodeStatus& status);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_NODE_METRICS_H_
