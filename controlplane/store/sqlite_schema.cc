#include "controlplane/store/sqlite_schema.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace weir::controlplane {
namespace {

// "weir"; SQLite keeps it in the file's header.
constexpr std::uint64_t kApplicationId = 0x77656972;

// Migration n brings a database from version n to n + 1. Never changed once
// released, only added to.
constexpr const char* kMigrations[] = {
    R"(PRAGMA application_id = 0x77656972;
       CREATE TABLE migrations (
         version INTEGER PRIMARY KEY,
         applied_at TEXT NOT NULL) STRICT;
       CREATE TABLE revisions (
         revision INTEGER PRIMARY KEY,
         resources BLOB NOT NULL,
         sha256 BLOB NOT NULL,
         saved_at TEXT NOT NULL) STRICT;
       CREATE TABLE leadership (
         id INTEGER PRIMARY KEY CHECK (id = 1),
         epoch INTEGER NOT NULL) STRICT;)",
    R"(CREATE TABLE group_switches (
         id INTEGER PRIMARY KEY CHECK (id = 1),
         group_name TEXT NOT NULL,
         reason TEXT NOT NULL,
         switched_by TEXT NOT NULL,
         switched_at TEXT NOT NULL) STRICT;
       CREATE TABLE alerts (
         id TEXT NOT NULL,
         kind TEXT NOT NULL,
         subject TEXT NOT NULL,
         summary TEXT NOT NULL,
         severity TEXT NOT NULL,
         raised_at TEXT NOT NULL,
         resolved_at TEXT NOT NULL,
         PRIMARY KEY (id, raised_at)) STRICT;
       CREATE TABLE events (
         id INTEGER PRIMARY KEY,
         happened_at TEXT NOT NULL,
         kind TEXT NOT NULL,
         subject TEXT NOT NULL,
         description TEXT NOT NULL) STRICT;)",
    R"(CREATE TABLE probe_spending (
         provider TEXT PRIMARY KEY,
         day INTEGER NOT NULL,
         probes INTEGER NOT NULL,
         cost_usd TEXT NOT NULL) STRICT;
       CREATE TABLE webhook_messages (
         id INTEGER PRIMARY KEY,
         webhook TEXT NOT NULL,
         alert_id TEXT NOT NULL,
         kind TEXT NOT NULL,
         subject TEXT NOT NULL,
         summary TEXT NOT NULL,
         severity TEXT NOT NULL,
         raised_at TEXT NOT NULL,
         resolved_at TEXT NOT NULL) STRICT;)",
    // Times in seconds since 1970. A sum is found by its span first, so that
    // the oldest of a span is the first of its rows.
    R"(CREATE TABLE usage_series (
         id INTEGER PRIMARY KEY,
         client_key TEXT NOT NULL,
         model TEXT NOT NULL,
         provider TEXT NOT NULL,
         upstream_model TEXT NOT NULL,
         provenance INTEGER NOT NULL,
         UNIQUE (client_key, model, provider, upstream_model, provenance))
         STRICT;
       CREATE TABLE usage_sums (
         span INTEGER NOT NULL,
         begins_at INTEGER NOT NULL,
         series INTEGER NOT NULL REFERENCES usage_series (id),
         attempts INTEGER NOT NULL,
         requests INTEGER NOT NULL,
         failures INTEGER NOT NULL,
         fresh_input INTEGER NOT NULL,
         cache_read INTEGER NOT NULL,
         cache_write_5m INTEGER NOT NULL,
         cache_write_1h INTEGER NOT NULL,
         audio_input INTEGER NOT NULL,
         image_input INTEGER NOT NULL,
         output INTEGER NOT NULL,
         reasoning INTEGER NOT NULL,
         audio_output INTEGER NOT NULL,
         image_output INTEGER NOT NULL,
         unbelievable INTEGER NOT NULL,
         latency_total_us INTEGER NOT NULL,
         latency BLOB NOT NULL,
         last_used INTEGER NOT NULL,
         PRIMARY KEY (span, begins_at, series)) STRICT, WITHOUT ROWID;
       CREATE TABLE usage_sources (
         boot_id INTEGER PRIMARY KEY,
         node TEXT NOT NULL,
         sequence INTEGER NOT NULL,
         seen_at INTEGER NOT NULL) STRICT;
       CREATE TABLE own_prices (
         model TEXT NOT NULL,
         provider TEXT NOT NULL,
         upstream_model TEXT NOT NULL,
         begins_at INTEGER NOT NULL,
         is_known INTEGER NOT NULL,
         price BLOB NOT NULL,
         PRIMARY KEY (model, provider, upstream_model, begins_at)) STRICT;)",
};
constexpr std::uint64_t kNewest = std::size(kMigrations);

absl::StatusOr<std::uint64_t> QueryNumber(SqliteDatabase& database,
                                          std::string_view sql) {
  absl::StatusOr<SqliteStatement> query = database.Prepare(sql);
  if (!query.ok()) return query.status();
  absl::StatusOr<bool> row = query->Step();
  if (!row.ok()) return row.status();
  return *row ? query->Number(0) : 0;
}

absl::StatusOr<std::uint64_t> SchemaVersion(SqliteDatabase& database) {
  absl::StatusOr<std::uint64_t> tables = QueryNumber(
      database, "SELECT count(*) FROM sqlite_schema WHERE name = 'migrations'");
  if (!tables.ok()) return tables.status();
  if (*tables == 0) return 0;
  return QueryNumber(database, "SELECT max(version) FROM migrations");
}

absl::Status CheckOwner(SqliteDatabase& database) {
  absl::StatusOr<std::uint64_t> id =
      QueryNumber(database, "PRAGMA application_id");
  if (!id.ok()) return id.status();
  absl::StatusOr<std::uint64_t> tables =
      QueryNumber(database, "SELECT count(*) FROM sqlite_schema");
  if (!tables.ok()) return tables.status();
  const bool is_new = *id == 0 && *tables == 0;
  if (is_new || *id == kApplicationId) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("store ", database.path(),
                   " is a database of something else; name another file"));
}

absl::Status CheckIntegrity(SqliteDatabase& database) {
  absl::StatusOr<SqliteStatement> check =
      database.Prepare("PRAGMA quick_check(1)");
  if (!check.ok()) return check.status();
  absl::StatusOr<bool> row = check->Step();
  if (!row.ok()) return row.status();
  const std::string finding = *row ? check->Bytes(0) : "no answer";
  if (finding == "ok") return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      "store ", database.path(), " is damaged: ", finding,
      "; restore a backup, or move the file away and apply the resources "
      "again"));
}

}  // namespace

absl::Status CheckDatabase(SqliteDatabase& database) {
  if (absl::Status owner = CheckOwner(database); !owner.ok()) return owner;
  if (absl::Status sound = CheckIntegrity(database); !sound.ok()) return sound;
  absl::StatusOr<std::uint64_t> version = SchemaVersion(database);
  if (!version.ok()) return version.status();
  if (*version <= kNewest) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "store ", database.path(), " was written by a newer version (schema ",
      *version, ", this one knows ", kNewest,
      "); run that version, or name another file"));
}

absl::Status Migrate(SqliteDatabase& database) {
  absl::StatusOr<std::uint64_t> version = SchemaVersion(database);
  if (!version.ok()) return version.status();
  for (std::uint64_t next = *version; next < kNewest; ++next) {
    absl::Status applied = database.Transact([&]() -> absl::Status {
      absl::Status changed = database.Execute(kMigrations[next]);
      if (!changed.ok()) return changed;
      absl::StatusOr<SqliteStatement> note = database.Prepare(
          "INSERT INTO migrations (version, applied_at) "
          "VALUES (?, strftime('%Y-%m-%dT%H:%M:%fZ'))");
      if (!note.ok()) return note.status();
      note->Bind(1, next + 1);
      return note->Run();
    });
    if (!applied.ok()) return applied;
  }
  return absl::OkStatus();
}

}  // namespace weir::controlplane
