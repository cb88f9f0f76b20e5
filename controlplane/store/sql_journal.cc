#include "controlplane/store/sql_journal.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"

namespace weir::controlplane {
namespace {

std::string TimeText(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone());
}

std::optional<absl::Time> ParseTimeText(const std::string& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return std::nullopt;
  }
  return time;
}

// Texts by position from 1; they live until the statement was stepped.
absl::Status Run(Database& database, std::string_view sql,
                 const std::vector<std::string>& texts) {
  absl::StatusOr<Statement> statement = database.Prepare(sql);
  if (!statement.ok()) return statement.status();
  int position = 0;
  for (const std::string& text : texts) statement->BindText(++position, text);
  return statement->Run();
}

absl::Status ReadGroupSwitch(Database& database, Journal& journal) {
  absl::StatusOr<Statement> query = database.Prepare(
      "SELECT group_name, reason, switched_by, switched_at "
      "FROM group_switches");
  if (!query.ok()) return query.status();
  absl::StatusOr<bool> row = query->Step();
  if (!row.ok()) return row.status();
  if (!*row) return absl::OkStatus();
  const std::optional<absl::Time> at = ParseTimeText(query->Bytes(3));
  if (at.has_value()) {
    journal.group_switch = StoredGroupSwitch{
        query->Bytes(0), query->Bytes(1), query->Bytes(2) == "operator", *at};
  }
  return absl::OkStatus();
}

absl::Status ReadAlerts(Database& database, Journal& journal) {
  absl::StatusOr<Statement> query = database.Prepare(
      "SELECT id, kind, subject, summary, severity, raised_at, resolved_at "
      "FROM alerts ORDER BY raised_at, id");
  if (!query.ok()) return query.status();
  for (;;) {
    absl::StatusOr<bool> row = query->Step();
    if (!row.ok()) return row.status();
    if (!*row) return absl::OkStatus();
    const std::optional<absl::Time> raised_at = ParseTimeText(query->Bytes(5));
    if (!raised_at.has_value()) continue;
    journal.alerts.push_back(
        Alert{.id = query->Bytes(0),
              .kind = query->Bytes(1),
              .subject = query->Bytes(2),
              .summary = query->Bytes(3),
              .severity = SeverityByName(query->Bytes(4)),
              .raised_at = *raised_at,
              .resolved_at = ParseTimeText(query->Bytes(6))});
  }
}

absl::Status ReadEvents(Database& database, Journal& journal) {
  absl::StatusOr<Statement> query = database.Prepare(
      "SELECT id, happened_at, kind, subject, description, actor, actor_role "
      "FROM events ORDER BY id");
  if (!query.ok()) return query.status();
  for (;;) {
    absl::StatusOr<bool> row = query->Step();
    if (!row.ok()) return row.status();
    if (!*row) return absl::OkStatus();
    const std::optional<absl::Time> time = ParseTimeText(query->Bytes(1));
    if (!time.has_value()) continue;
    journal.events.push_back(Event{.id = query->Number(0),
                                   .time = *time,
                                   .kind = query->Bytes(2),
                                   .subject = query->Bytes(3),
                                   .text = query->Bytes(4),
                                   .by = {query->Bytes(5), query->Bytes(6)}});
  }
}

absl::Status ReadProbeSpending(Database& database, Journal& journal) {
  absl::StatusOr<Statement> query = database.Prepare(
      "SELECT provider, day, probes, cost_usd FROM probe_spending "
      "ORDER BY provider");
  if (!query.ok()) return query.status();
  for (;;) {
    absl::StatusOr<bool> row = query->Step();
    if (!row.ok()) return row.status();
    if (!*row) return absl::OkStatus();
    StoredProbeSpending spending{query->Bytes(0),
                                 static_cast<std::int64_t>(query->Number(1)),
                                 query->Number(2)};
    if (!absl::SimpleAtod(query->Bytes(3), &spending.cost_usd)) continue;
    journal.probe_spending.push_back(std::move(spending));
  }
}

absl::Status ReadMessages(Database& database, Journal& journal) {
  absl::StatusOr<Statement> query = database.Prepare(
      "SELECT webhook, alert_id, kind, subject, summary, severity, raised_at, "
      "resolved_at FROM webhook_messages ORDER BY id");
  if (!query.ok()) return query.status();
  for (;;) {
    absl::StatusOr<bool> row = query->Step();
    if (!row.ok()) return row.status();
    if (!*row) return absl::OkStatus();
    const std::optional<absl::Time> raised_at = ParseTimeText(query->Bytes(6));
    if (!raised_at.has_value()) continue;
    journal.messages.push_back(
        {query->Bytes(0),
         Alert{.id = query->Bytes(1),
               .kind = query->Bytes(2),
               .subject = query->Bytes(3),
               .summary = query->Bytes(4),
               .severity = SeverityByName(query->Bytes(5)),
               .raised_at = *raised_at,
               .resolved_at = ParseTimeText(query->Bytes(7))}});
  }
}

absl::Status ReadRollout(Database& database, Journal& journal) {
  absl::StatusOr<Statement> query = database.Prepare(
      "SELECT standing, standing_revision, halted_sha256, reason FROM rollout");
  if (!query.ok()) return query.status();
  absl::StatusOr<bool> row = query->Step();
  if (!row.ok()) return row.status();
  if (!*row) return absl::OkStatus();
  journal.rollout = StoredRollout{query->Bytes(0), query->Number(1),
                                  query->Bytes(2), query->Bytes(3)};
  return absl::OkStatus();
}

absl::Status WriteRollout(Database& database, const StoredRollout& rollout) {
  absl::StatusOr<Statement> insert = database.Prepare(
      "INSERT INTO rollout "
      "(id, standing, standing_revision, halted_sha256, reason) "
      "VALUES (1, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
      "standing = excluded.standing, "
      "standing_revision = excluded.standing_revision, "
      "halted_sha256 = excluded.halted_sha256, reason = excluded.reason");
  if (!insert.ok()) return insert.status();
  insert->BindBlob(1, rollout.standing);
  insert->Bind(2, rollout.standing_revision);
  insert->BindBlob(3, rollout.halted_sha256);
  insert->BindText(4, rollout.reason);
  return insert->Run();
}

absl::Status WriteProbeSpending(
    Database& database, const std::vector<StoredProbeSpending>& spending) {
  absl::Status done = Run(database, "DELETE FROM probe_spending", {});
  for (const StoredProbeSpending& each : spending) {
    if (!done.ok()) return done;
    absl::StatusOr<Statement> insert = database.Prepare(
        "INSERT INTO probe_spending (provider, day, probes, cost_usd) "
        "VALUES (?, ?, ?, ?)");
    if (!insert.ok()) return insert.status();
    const std::string cost = absl::StrFormat("%.17g", each.cost_usd);
    insert->BindText(1, each.provider);
    insert->Bind(2, static_cast<std::uint64_t>(each.day));
    insert->Bind(3, each.probes);
    insert->BindText(4, cost);
    done = insert->Run();
  }
  return done;
}

absl::Status WriteMessages(Database& database,
                           const std::vector<WaitingMessage>& messages) {
  absl::Status done = Run(database, "DELETE FROM webhook_messages", {});
  for (const auto& [webhook, alert] : messages) {
    if (!done.ok()) break;
    done = Run(database,
               "INSERT INTO webhook_messages (webhook, alert_id, kind, "
               "subject, summary, severity, raised_at, resolved_at) "
               "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
               {webhook, alert.id, alert.kind, alert.subject, alert.summary,
                SeverityName(alert.severity), TimeText(alert.raised_at),
                alert.resolved_at ? TimeText(*alert.resolved_at) : ""});
  }
  return done;
}

absl::Status WriteGroupSwitch(Database& database,
                              const StoredGroupSwitch& last) {
  return Run(database,
             "INSERT INTO group_switches "
             "(id, group_name, reason, switched_by, switched_at) "
             "VALUES (1, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
             "group_name = excluded.group_name, reason = excluded.reason, "
             "switched_by = excluded.switched_by, "
             "switched_at = excluded.switched_at",
             {last.group, last.reason, last.by_operator ? "operator" : "weir",
              TimeText(last.at)});
}

absl::Status WriteAlerts(Database& database, const std::vector<Alert>& alerts) {
  absl::Status done = Run(database, "DELETE FROM alerts", {});
  for (const Alert& alert : alerts) {
    if (!done.ok()) break;
    done = Run(database,
               "INSERT INTO alerts (id, kind, subject, summary, severity, "
               "raised_at, resolved_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
               {alert.id, alert.kind, alert.subject, alert.summary,
                SeverityName(alert.severity), TimeText(alert.raised_at),
                alert.resolved_at ? TimeText(*alert.resolved_at) : ""});
  }
  return done;
}

// It may be there already: a connection that was lost at the commit does not
// say whether that was done.
absl::Status WriteEvent(Database& database, const Event& event) {
  absl::StatusOr<Statement> insert = database.Prepare(
      "INSERT INTO events (id, happened_at, kind, subject, description, actor, "
      "actor_role) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
      "happened_at = excluded.happened_at, kind = excluded.kind, "
      "subject = excluded.subject, description = excluded.description, "
      "actor = excluded.actor, actor_role = excluded.actor_role");
  if (!insert.ok()) return insert.status();
  const std::string time = TimeText(event.time);
  insert->Bind(1, event.id);
  insert->BindText(2, time);
  insert->BindText(3, event.kind);
  insert->BindText(4, event.subject);
  insert->BindText(5, event.text);
  insert->BindText(6, event.by.name);
  insert->BindText(7, event.by.role);
  return insert->Run();
}

absl::Status ForgetEvents(Database& database, std::uint64_t first_kept) {
  absl::StatusOr<Statement> forget =
      database.Prepare("DELETE FROM events WHERE id < ?");
  if (!forget.ok()) return forget.status();
  forget->Bind(1, first_kept);
  return forget->Run();
}

}  // namespace

absl::StatusOr<Journal> ReadJournal(Database& database) {
  Journal journal;
  for (const auto read : {ReadGroupSwitch, ReadAlerts, ReadEvents,
                          ReadProbeSpending, ReadMessages, ReadRollout}) {
    if (absl::Status done = read(database, journal); !done.ok()) return done;
  }
  return journal;
}

absl::Status WriteJournal(Database& database, const JournalUpdate& update) {
  absl::Status done;
  if (update.group_switch.has_value()) {
    done = WriteGroupSwitch(database, *update.group_switch);
  }
  if (done.ok() && update.rollout.has_value()) {
    done = WriteRollout(database, *update.rollout);
  }
  if (done.ok() && update.alerts.has_value()) {
    done = WriteAlerts(database, *update.alerts);
  }
  if (done.ok() && update.probe_spending.has_value()) {
    done = WriteProbeSpending(database, *update.probe_spending);
  }
  if (done.ok() && update.messages.has_value()) {
    done = WriteMessages(database, *update.messages);
  }
  for (const Event& event : update.events) {
    if (done.ok()) done = WriteEvent(database, event);
  }
  return done.ok() ? ForgetEvents(database, update.first_kept_event) : done;
}

}  // namespace weir::controlplane
