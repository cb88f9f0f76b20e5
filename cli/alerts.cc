#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cli/display_width.h"
#include "cli/session.h"
#include "cli/table.h"
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

template <typename List>
Table AlertTable(const List& alerts, absl::Time now) {
  Table table({{"SEVERITY"},
               {"KIND"},
               {"SUBJECT"},
               {"RAISED", Align::kRight},
               {"LASTED", Align::kRight},
               {"TOLD"},
               {"SUMMARY"}});
  for (const admin::Alert& alert : alerts) {
    const absl::Time raised = ToTime(alert.raised_at());
    const absl::Time end =
        alert.has_resolved_at() ? ToTime(alert.resolved_at()) : now;
    table.AddRow({SeverityCell(alert), alert.kind(), alert.subject(),
                  Age(now - raised) + " ago", Age(end - raised),
                  DeliveriesText(alert), alert.summary()});
  }
  return table;
}

absl::Status Alerts(Session& session) {
  const auto response = session.admin().Call(&AdminClient::Stub::ListAlerts,
                                             admin::ListAlertsRequest());
  if (!response.ok()) return response.status();
  if (!session.is_table()) {
    session.Print(*response);
  } else {
    session.Print(AlertTable(response->alerts(), session.io().clock.WallNow()));
  }
  return absl::OkStatus();
}

// A line for each alert that is raised or resolved from now on, after those
// that are raised already.
class AlertTail {
 public:
  explicit AlertTail(Session& session) : session_(session) {}

  absl::Status Show(const admin::WatchAlertsResponse& response) {
    if (!session_.is_table()) {
      session_.PrintStreamed(response);
      return session_.StillRead();
    }
    std::map<std::string, bool> now;
    for (auto alert = response.alerts().rbegin();
         alert != response.alerts().rend(); ++alert) {
      const std::string key =
          alert->id() + '@' + std::to_string(alert->raised_at().seconds());
      const bool resolved = alert->has_resolved_at();
      now.emplace(key, resolved);
      const auto known = known_.find(key);
      const bool is_news = known == known_.end() ? has_begun_ || !resolved
                                                 : known->second != resolved;
      if (is_news) PrintLine(*alert);
    }
    known_ = std::move(now);
    has_begun_ = true;
    return session_.StillRead();
  }

 private:
  void PrintLine(const admin::Alert& alert) {
    const Cell severity = SeverityCell(alert);
    session_.io().out << TimeText(alert.has_resolved_at() ? alert.resolved_at()
                                                          : alert.raised_at())
                      << "  "
                      << Painted(severity.text, severity.color,
                                 session_.paint())
                      << "  " << Printable(alert.kind()) << "  "
                      << Printable(alert.summary()) << '\n';
  }

  Session& session_;
  bool has_begun_ = false;
  // Alerts that were shown or passed over, and whether they were resolved.
  std::map<std::string, bool> known_;
};

absl::Status WatchAlerts(Session& session) {
  AlertTail tail(session);
  return session.admin().Watch(
      &AdminClient::Stub::WatchAlerts, admin::WatchAlertsRequest(),
      [&tail](const admin::WatchAlertsResponse& response) {
        return tail.Show(response);
      });
}

}  // namespace

void AddAlerts(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "alerts", "Show alerts: raised ones, and those of the last day");
  auto is_watched = std::make_shared<bool>(false);
  command->add_flag("-w,--watch", *is_watched,
                    "Go on with a line for each that is raised or resolved, "
                    "until Ctrl-C");
  command->callback([&session, is_watched] {
    session.Choose(*is_watched ? WatchAlerts : Alerts);
  });
}

}  // namespace weir::cli
