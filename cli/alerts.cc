#include <CLI/CLI.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cli/session.h"
#include "cli/values.h"
#include "cli/verbs.h"

namespace weir::cli {
namespace {

Cell SeverityCell(const admin::Alert& alert) {
  if (alert.has_resolved_at()) return {"resolved", Color::kGreen};
  if (alert.severity() == "critical") return {alert.severity(), Color::kRed};
  if (alert.severity() == "warning") return {alert.severity(), Color::kYellow};
  return {alert.severity()};
}

// `ops, pager (HTTP 503)`: who has it, and who does not and why.
std::string DeliveriesText(const admin::Alert& alert) {
  std::string text;
  for (const admin::AlertDelivery& delivery : alert.deliveries()) {
    if (!text.empty()) text += ", ";
    text += delivery.webhook();
    if (!delivery.last_error().empty()) {
      text += " (" + delivery.last_error() + ')';
    } else if (!delivery.has_delivered_at()) {
      text += " (under way)";
    }
  }
  return text;
}

absl::Status Alerts(Session& session) {
  const auto response = session.admin().Call(&AdminClient::Stub::ListAlerts,
                                             admin::ListAlertsRequest());
  if (!response.ok()) return response.status();
  if (!session.is_table()) {
    session.Print(*response);
    return absl::OkStatus();
  }
  const absl::Time now = session.io().clock.WallNow();
  Table table({{"SEVERITY"},
               {"KIND"},
               {"SUBJECT"},
               {"RAISED", Align::kRight},
               {"LASTED", Align::kRight},
               {"TOLD"},
               {"SUMMARY"}});
  for (const admin::Alert& alert : response->alerts()) {
    const absl::Time raised = ToTime(alert.raised_at());
    const absl::Time end =
        alert.has_resolved_at() ? ToTime(alert.resolved_at()) : now;
    table.AddRow({SeverityCell(alert), alert.kind(), alert.subject(),
                  Age(now - raised) + " ago", Age(end - raised),
                  DeliveriesText(alert), alert.summary()});
  }
  session.Print(table);
  return absl::OkStatus();
}

}  // namespace

void AddAlerts(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "alerts", "Show alerts: raised ones, and those of the last day");
  command->callback([&session] { session.Choose(Alerts); });
}

}  // namespace weir::cli
