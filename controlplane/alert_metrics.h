// Alerts on the page of metrics.
#ifndef WEIR_CONTROLPLANE_ALERT_METRICS_H_
#define WEIR_CONTROLPLANE_ALERT_METRICS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/ops/metrics.h"
#include "controlplane/alert/delivery_log.h"
#include "controlplane/store/journal.h"

namespace weir::controlplane {

struct AlertMetricsInput {
  // As AlertBook::List().
  std::vector<Alert> alerts;
  // Raised since the start, by kind.
  std::map<std::string, std::uint64_t> raised;
  // By webhook.
  std::map<std::string, DeliveryCounts> deliveries;
};

void AddAlertMetrics(const AlertMetricsInput& input, ops::MetricPage& page);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ALERT_METRICS_H_
