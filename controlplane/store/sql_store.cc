#include "controlplane/store/sql_store.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/sha256.h"
#include "controlplane/store/database.h"
#include "controlplane/store/sql_journal.h"

namespace weir::controlplane {
namespace {

absl::Status Damaged(const Database& database, std::uint64_t revision,
                     const char* what) {
  return absl::DataLossError(absl::StrCat(
      "store ", database.name(), ": revision ", revision, " ", what,
      "; restore a backup, or begin with an empty store and apply the "
      "resources again"));
}

// As what was kept last is known without reading it.
struct LastRevision {
  std::uint64_t revision = 0;
  std::string sha256;
};

absl::StatusOr<LastRevision> FindLast(Database& database) {
  absl::StatusOr<Statement> query = database.Prepare(
      "SELECT revision, sha256 FROM revisions ORDER BY revision DESC LIMIT 1");
  if (!query.ok()) return query.status();
  absl::StatusOr<bool> row = query->Step();
  if (!row.ok()) return row.status();
  if (!*row) return LastRevision();
  return LastRevision{query->Number(0), query->Bytes(1)};
}

}  // namespace

SqlStore::SqlStore(SqlConnections connections)
    : database_(std::move(connections.state)),
      usage_(fence_, std::move(connections.usage_writer),
             std::move(connections.usage_reader)) {}

absl::StatusOr<StoredResources> SqlStore::Load() {
  MutexLock lock(&mutex_);
  absl::StatusOr<Statement> query = database_->Prepare(
      "SELECT revision, resources, sha256 FROM revisions "
      "ORDER BY revision DESC LIMIT 1");
  if (!query.ok()) return query.status();
  absl::StatusOr<bool> row = query->Step();
  if (!row.ok()) return row.status();
  StoredResources stored;
  if (!*row) return stored;
  stored.revision = query->Number(0);
  const std::string bytes = query->Bytes(1);
  if (Sha256(bytes) != query->Bytes(2)) {
    return Damaged(*database_, stored.revision, "does not match its digest");
  }
  if (!stored.resources.ParseFromString(bytes)) {
    return Damaged(*database_, stored.revision, "can't be read");
  }
  return stored;
}

absl::Status SqlStore::Save(const StoredResources& next) {
  MutexLock lock(&mutex_);
  return fence_.Transact(*database_, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return Insert(next);
  });
}

absl::Status SqlStore::Insert(const StoredResources& next) {
  const absl::StatusOr<LastRevision> last = FindLast(*database_);
  if (!last.ok()) return last.status();
  const std::string bytes = next.resources.SerializeAsString();
  const std::string digest = Sha256(bytes);
  // It was kept before, and a lost connection hid that.
  if (next.revision == last->revision && digest == last->sha256) {
    return absl::OkStatus();
  }
  if (next.revision != last->revision + 1) {
    return absl::AbortedError(absl::StrCat(
        "revision ", next.revision, " does not follow ", last->revision));
  }
  absl::StatusOr<Statement> insert = database_->Prepare(
      "INSERT INTO revisions (revision, resources, sha256, saved_at) "
      "VALUES (?, ?, ?, CAST(CURRENT_TIMESTAMP AS TEXT))");
  if (!insert.ok()) return insert.status();
  insert->Bind(1, next.revision);
  insert->BindBlob(2, bytes);
  insert->BindBlob(3, digest);
  if (absl::Status done = insert->Run(); !done.ok()) return done;

  absl::StatusOr<Statement> forget =
      database_->Prepare("DELETE FROM revisions WHERE revision + ? <= ?");
  if (!forget.ok()) return forget.status();
  forget->Bind(1, kKeptRevisions);
  forget->Bind(2, next.revision);
  return forget->Run();
}

absl::StatusOr<std::uint64_t> SqlStore::BeginEpoch(std::uint64_t floor) {
  MutexLock lock(&mutex_);
  return fence_.Begin(*database_, floor);
}

absl::StatusOr<Journal> SqlStore::LoadJournal() {
  MutexLock lock(&mutex_);
  return ReadJournal(*database_);
}

absl::Status SqlStore::SaveJournal(const JournalUpdate& update) {
  MutexLock lock(&mutex_);
  return fence_.Transact(*database_, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return WriteJournal(*database_, update);
  });
}

}  // namespace weir::controlplane
