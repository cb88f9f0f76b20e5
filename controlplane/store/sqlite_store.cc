#include "controlplane/store/sqlite_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "controlplane/store/database.h"
#include "controlplane/store/sql_schema.h"
#include "controlplane/store/sql_store.h"
#include "controlplane/store/sqlite_database.h"
#include "controlplane/store/store.h"

namespace weir::controlplane {
namespace {

// A lock of our own beside SQLite's: two control planes on one file would each
// undo the other's changes, while a backup tool may read it at any time.
class FileLock {
 public:
  static absl::StatusOr<std::unique_ptr<FileLock>> Take(
      const std::string& path) {
    const std::string lock_path = path + ".lock";
    const int fd = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
      return absl::UnavailableError(
          absl::StrCat("store ", path, " can't be opened: ", lock_path, ": ",
                       std::strerror(errno),
                       "; check that its directory exists and may be written"));
    }
    std::unique_ptr<FileLock> lock(new FileLock(fd));
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
    return absl::UnavailableError(absl::StrCat(
        "store ", path,
        " is used by another control plane; stop that one, or name another "
        "file"));
  }
  ~FileLock() { close(fd_); }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int fd) : fd_(fd) {}

  const int fd_;
};

// The first base goes last: nobody has the file open any more when its lock
// goes.
struct LockHolder {
  std::unique_ptr<FileLock> lock;
};
class SqliteStore final : private LockHolder, public SqlStore {
 public:
  SqliteStore(std::unique_ptr<FileLock> held, SqlConnections connections)
      : LockHolder{std::move(held)}, SqlStore(std::move(connections)) {}
};

absl::StatusOr<std::unique_ptr<Database>> Connect(const std::string& path) {
  absl::StatusOr<std::unique_ptr<SqliteDatabase>> database =
      SqliteDatabase::Open(path);
  if (!database.ok()) return database.status();
  absl::Status set = (*database)->Execute("PRAGMA synchronous = FULL");
  if (!set.ok()) return set;
  return *std::move(database);
}

absl::Status PrepareFile(const std::string& path) {
  absl::StatusOr<std::unique_ptr<SqliteDatabase>> database =
      SqliteDatabase::Open(path);
  if (!database.ok()) return database.status();
  absl::Status status = CheckFile(**database);
  if (status.ok()) {
    status = (*database)->Execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  }
  return status.ok() ? Migrate(**database) : status;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(
    const std::string& path) {
  absl::StatusOr<std::unique_ptr<FileLock>> lock = FileLock::Take(path);
  if (!lock.ok()) return lock.status();
  if (absl::Status ready = PrepareFile(path); !ready.ok()) return ready;
  SqlConnections connections;
  for (std::unique_ptr<Database>* connection :
       {&connections.state, &connections.usage_writer,
        &connections.usage_reader}) {
    absl::StatusOr<std::unique_ptr<Database>> database = Connect(path);
    if (!database.ok()) return database.status();
    *connection = *std::move(database);
  }
  return std::make_unique<SqliteStore>(*std::move(lock),
                                       std::move(connections));
}

}  // namespace weir::controlplane
