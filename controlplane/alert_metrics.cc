#include "controlplane/alert_metrics.h"

#include <string>
#include <string_view>

#include "common/config/alert_kind.h"

namespace weir::controlplane {

void AddAlertMetrics(const AlertMetricsInput& input, ops::MetricPage& page) {
  for (const Alert& alert : input.alerts) {
    if (alert.resolved_at.has_value()) continue;
    page.Gauge("weir_alert_active", "1 for each alert that is raised.",
               {{"kind", alert.kind}, {"subject", alert.subject}}, 1);
  }
  // Each kind from the start on, so that a first alert is an increase.
  for (const std::string_view kind : config::kAlertKinds) {
    const auto raised = input.raised.find(std::string(kind));
    page.Counter(
        "weir_alerts_total", "Alerts raised.", {{"kind", std::string(kind)}},
        raised == input.raised.end() ? 0 : static_cast<double>(raised->second));
  }
  for (const auto& [webhook, counts] : input.deliveries) {
    const auto count = [&, &name = webhook](const char* result,
                                            std::uint64_t value) {
      page.Counter("weir_webhook_deliveries_total",
                   "Messages to webhooks by what came of them; retried counts "
                   "tries that are followed by another one.",
                   {{"webhook", name}, {"result", result}},
                   static_cast<double>(value));
    };
    count("delivered", counts.delivered);
    count("retried", counts.retried);
    count("refused", counts.refused);
    count("given_up", counts.given_up);
  }
}

}  // namespace weir::controlplane
