#include "controlplane/store/sql_schema.h"

#include <cstdint>
#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "controlplane/store/database.h"

namespace weir::controlplane {
namespace {

// Migration n brings a database from version n to n + 1. Never changed once
// released, only added to. Words with a $ are the dialect's.
constexpr const char* kMigrations[] = {
    R"($MARK
       CREATE TABLE migrations (
         version $INTEGER PRIMARY KEY,
         applied_at TEXT NOT NULL) $TABLE;
       CREATE TABLE revisions (
         revision $INTEGER PRIMARY KEY,
         resources $BLOB NOT NULL,
         sha256 $BLOB NOT NULL,
         saved_at TEXT NOT NULL) $TABLE;
       CREATE TABLE leadership (
         id $INTEGER PRIMARY KEY CHECK (id = 1),
         epoch $INTEGER NOT NULL) $TABLE;)",
    R"(CREATE TABLE group_switches (
         id $INTEGER PRIMARY KEY CHECK (id = 1),
         group_name TEXT NOT NULL,
         reason TEXT NOT NULL,
         switched_by TEXT NOT NULL,
         switched_at TEXT NOT NULL) $TABLE;
       CREATE TABLE alerts (
         id TEXT NOT NULL,
         kind TEXT NOT NULL,
         subject TEXT NOT NULL,
         summary TEXT NOT NULL,
         severity TEXT NOT NULL,
         raised_at TEXT NOT NULL,
         resolved_at TEXT NOT NULL,
         PRIMARY KEY (id, raised_at)) $TABLE;
       CREATE TABLE events (
         id $INTEGER PRIMARY KEY,
         happened_at TEXT NOT NULL,
         kind TEXT NOT NULL,
         subject TEXT NOT NULL,
         description TEXT NOT NULL) $TABLE;)",
    R"(CREATE TABLE probe_spending (
         provider TEXT PRIMARY KEY,
         day $INTEGER NOT NULL,
         probes $INTEGER NOT NULL,
         cost_usd TEXT NOT NULL) $TABLE;
       CREATE TABLE webhook_messages (
         id $COUNTED,
         webhook TEXT NOT NULL,
         alert_id TEXT NOT NULL,
         kind TEXT NOT NULL,
         subject TEXT NOT NULL,
         summary TEXT NOT NULL,
         severity TEXT NOT NULL,
         raised_at TEXT NOT NULL,
         resolved_at TEXT NOT NULL) $TABLE;)",
    // Times in seconds since 1970. A sum is found by its span first, so that
    // the oldest of a span is the first of its rows.
    R"(CREATE TABLE usage_series (
         id $COUNTED,
         client_key TEXT NOT NULL,
         model TEXT NOT NULL,
         provider TEXT NOT NULL,
         upstream_model TEXT NOT NULL,
         provenance $INTEGER NOT NULL,
         UNIQUE (client_key, model, provider, upstream_model, provenance)) $TABLE;
       CREATE TABLE usage_sums (
         span $INTEGER NOT NULL,
         begins_at $INTEGER NOT NULL,
         series $INTEGER NOT NULL REFERENCES usage_series (id),
         attempts $INTEGER NOT NULL,
         requests $INTEGER NOT NULL,
         failures $INTEGER NOT NULL,
         fresh_input $INTEGER NOT NULL,
         cache_read $INTEGER NOT NULL,
         cache_write_5m $INTEGER NOT NULL,
         cache_write_1h $INTEGER NOT NULL,
         audio_input $INTEGER NOT NULL,
         image_input $INTEGER NOT NULL,
         output $INTEGER NOT NULL,
         reasoning $INTEGER NOT NULL,
         audio_output $INTEGER NOT NULL,
         image_output $INTEGER NOT NULL,
         unbelievable $INTEGER NOT NULL,
         latency_total_us $INTEGER NOT NULL,
         latency $BLOB NOT NULL,
         last_used $INTEGER NOT NULL,
         PRIMARY KEY (span, begins_at, series)) $KEYED;
       CREATE TABLE usage_sources (
         boot_id $INTEGER PRIMARY KEY,
         node TEXT NOT NULL,
         sequence $INTEGER NOT NULL,
         seen_at $INTEGER NOT NULL) $TABLE;
       CREATE TABLE own_prices (
         model TEXT NOT NULL,
         provider TEXT NOT NULL,
         upstream_model TEXT NOT NULL,
         begins_at $INTEGER NOT NULL,
         is_known $INTEGER NOT NULL,
         price $BLOB NOT NULL,
         PRIMARY KEY (model, provider, upstream_model, begins_at)) $TABLE;)",
    // Who leads, of the replicas on one database. Times in ms since 1970 by the
    // database's clock; the epoch is in `leadership`.
    R"(CREATE TABLE lease (
         id $INTEGER PRIMARY KEY CHECK (id = 1),
         holder TEXT NOT NULL,
         address TEXT NOT NULL,
         expires_at $INTEGER NOT NULL) $TABLE;)",
    // Who did it; of older ones nobody knows.
    R"(ALTER TABLE events ADD COLUMN actor TEXT NOT NULL DEFAULT '';
       ALTER TABLE events ADD COLUMN actor_role TEXT NOT NULL DEFAULT '';)",
    // What nodes are told of the last good resources, and the hash of what was
    // halted.
    R"(CREATE TABLE rollout (
         id $INTEGER PRIMARY KEY CHECK (id = 1),
         standing $BLOB NOT NULL,
         standing_revision $INTEGER NOT NULL,
         halted_sha256 $BLOB NOT NULL,
         reason TEXT NOT NULL) $TABLE;)",
};
constexpr std::uint64_t kNewest = std::size(kMigrations);

std::string InDialect(const char* migration, const SqlDialect& dialect) {
  return absl::StrReplaceAll(migration,
                             {{"$INTEGER", dialect.integer},
                              {"$BLOB", dialect.blob},
                              {"$COUNTED", dialect.counted_key},
                              {"$TABLE", dialect.table_options},
                              {"$KEYED", dialect.keyed_table_options},
                              {"$MARK", dialect.mark_as_ours}});
}

absl::StatusOr<std::uint64_t> SchemaVersion(Database& database) {
  absl::StatusOr<std::uint64_t> tables =
      QueryNumber(database, database.dialect().count_migrations);
  if (!tables.ok()) return tables.status();
  if (*tables == 0) return 0;
  return QueryNumber(database, "SELECT max(version) FROM migrations");
}

// Applies the next one that the database lacks; whether there was one. Who
// waited for another process to do it finds it done.
absl::StatusOr<bool> ApplyNext(Database& database) {
  const SqlDialect& dialect = database.dialect();
  bool applied = false;
  absl::Status done = database.Transact([&]() -> absl::Status {
    absl::Status changed = database.Execute(dialect.lock_schema);
    if (!changed.ok()) return changed;
    const absl::StatusOr<std::uint64_t> version = SchemaVersion(database);
    if (!version.ok()) return version.status();
    if (*version >= kNewest) return absl::OkStatus();
    changed = database.Execute(InDialect(kMigrations[*version], dialect));
    if (!changed.ok()) return changed;
    absl::StatusOr<Statement> note = database.Prepare(
        "INSERT INTO migrations (version, applied_at) "
        "VALUES (?, CAST(CURRENT_TIMESTAMP AS TEXT))");
    if (!note.ok()) return note.status();
    note->Bind(1, *version + 1);
    applied = true;
    return note->Run();
  });
  if (!done.ok()) return done;
  return applied;
}

}  // namespace

absl::Status Migrate(Database& database) {
  absl::StatusOr<std::uint64_t> version = SchemaVersion(database);
  if (!version.ok()) return version.status();
  if (*version > kNewest) {
    return absl::FailedPreconditionError(absl::StrCat(
        "store ", database.name(), " was written by a newer version (schema ",
        *version, ", this one knows ", kNewest,
        "); run that version, or name another database"));
  }
  if (*version == kNewest) return absl::OkStatus();
  for (;;) {
    absl::StatusOr<bool> applied = ApplyNext(database);
    if (!applied.ok()) return applied.status();
    if (!*applied) return absl::OkStatus();
  }
}

}  // namespace weir::controlplane
