#include "controlplane/store/sqlite_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/sha256.h"
#include "controlplane/store/sqlite_journal.h"
#include "controlplane/store/sqlite_schema.h"

namespace weir::controlplane {
namespace {

// A lock of our own beside SQLite's: two control planes on one file would each
// undo the other's changes, while a backup tool may read it at any time.
absl::StatusOr<int> LockFile(const std::string& path) {
  const std::string lock_path = path + ".lock";
  const int fd = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return absl::UnavailableError(
        absl::StrCat("store ", path, " can't be opened: ", lock_path, ": ",
                     std::strerror(errno),
                     "; check that its directory exists and may be written"));
  }
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  close(fd);
  return absl::UnavailableError(
      absl::StrCat("store ", path,
                   " is used by another control plane; stop that one, or name "
                   "another file"));
}

absl::Status Damaged(const SqliteDatabase& database, std::uint64_t revision,
                     const char* what) {
  return absl::DataLossError(absl::StrCat(
      "store ", database.path(), ": revision ", revision, " ", what,
      "; restore a backup, or move the file away and apply the resources "
      "again"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::Open(
    const std::string& path) {
  absl::StatusOr<int> lock_fd = LockFile(path);
  if (!lock_fd.ok()) return lock_fd.status();
  std::unique_ptr<SqliteStore> store(new SqliteStore(*lock_fd));
  absl::StatusOr<std::unique_ptr<SqliteDatabase>> database =
      SqliteDatabase::Open(path);
  if (!database.ok()) return database.status();
  absl::Status status = CheckDatabase(**database);
  if (status.ok()) {
    status = (*database)->Execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  }
  if (status.ok()) status = Migrate(**database);
  if (!status.ok()) return status;
  absl::StatusOr<std::unique_ptr<SqliteUsageStore>> usage =
      SqliteUsageStore::Open(path);
  if (!usage.ok()) return usage.status();
  store->usage_ = *std::move(usage);
  MutexLock lock(&store->mutex_);
  store->database_ = *std::move(database);
  return store;
}

SqliteStore::~SqliteStore() { close(lock_fd_); }

absl::StatusOr<StoredResources> SqliteStore::Load() {
  MutexLock lock(&mutex_);
  absl::StatusOr<SqliteStatement> query = database_->Prepare(
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

absl::Status SqliteStore::Save(const StoredResources& next) {
  MutexLock lock(&mutex_);
  return database_->Transact(
      [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return Insert(next); });
}

absl::StatusOr<std::uint64_t> SqliteStore::LastRevision() {
  absl::StatusOr<SqliteStatement> query =
      database_->Prepare("SELECT ifnull(max(revision), 0) FROM revisions");
  if (!query.ok()) return query.status();
  absl::StatusOr<bool> row = query->Step();
  if (!row.ok()) return row.status();
  return query->Number(0);
}

absl::Status SqliteStore::Insert(const StoredResources& next) {
  absl::StatusOr<std::uint64_t> last = LastRevision();
  if (!last.ok()) return last.status();
  if (next.revision != *last + 1) {
    return absl::AbortedError(
        absl::StrCat("revision ", next.revision, " does not follow ", *last));
  }
  const std::string bytes = next.resources.SerializeAsString();
  const std::string digest = Sha256(bytes);
  absl::StatusOr<SqliteStatement> insert = database_->Prepare(
      "INSERT INTO revisions (revision, resources, sha256, saved_at) "
      "VALUES (?, ?, ?, strftime('%Y-%m-%dT%H:%M:%fZ'))");
  if (!insert.ok()) return insert.status();
  insert->Bind(1, next.revision);
  insert->BindBlob(2, bytes);
  insert->BindBlob(3, digest);
  if (absl::Status done = insert->Run(); !done.ok()) return done;

  absl::StatusOr<SqliteStatement> forget =
      database_->Prepare("DELETE FROM revisions WHERE revision + ? <= ?");
  if (!forget.ok()) return forget.status();
  forget->Bind(1, kKeptRevisions);
  forget->Bind(2, next.revision);
  return forget->Run();
}

absl::StatusOr<std::uint64_t> SqliteStore::BeginEpoch(std::uint64_t floor) {
  MutexLock lock(&mutex_);
  std::uint64_t epoch = 0;
  absl::Status kept =
      database_->Transact([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS -> absl::Status {
        absl::StatusOr<SqliteStatement> begin = database_->Prepare(
            "INSERT INTO leadership (id, epoch) VALUES (1, max(1, ?1)) "
            "ON CONFLICT (id) DO UPDATE SET epoch = max(epoch + 1, ?1) "
            "RETURNING epoch");
        if (!begin.ok()) return begin.status();
        begin->Bind(1, floor);
        absl::StatusOr<bool> row = begin->Step();
        if (!row.ok()) return row.status();
        epoch = begin->Number(0);
        // RETURNING writes only once it was stepped to its end.
        return begin->Run();
      });
  if (!kept.ok()) return kept;
  return epoch;
}

absl::StatusOr<Journal> SqliteStore::LoadJournal() {
  MutexLock lock(&mutex_);
  return ReadJournal(*database_);
}

absl::Status SqliteStore::SaveJournal(const JournalUpdate& update) {
  MutexLock lock(&mutex_);
  return database_->Transact([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return WriteJournal(*database_, update);
  });
}

}  // namespace weir::controlplane
