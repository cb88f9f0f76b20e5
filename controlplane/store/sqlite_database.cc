#include "controlplane/store/sqlite_database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace weir::controlplane {
namespace {

// An operator waits for it, so not longer than a person calls quick.
constexpr int kBusyTimeoutMs = 1000;

// SQLite would create the file with the umask's rights; digests of keys are
// nobody else's business.
absl::Status CreatePrivately(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return absl::UnavailableError(
        absl::StrCat("store ", path, " can't be opened: ", std::strerror(errno),
                     "; check that its directory exists and may be written"));
  }
  close(fd);
  return absl::OkStatus();
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void SqliteStatement::Bind(int position, std::uint64_t value) {
  sqlite3_bind_int64(statement_.get(), position,
                     static_cast<sqlite3_int64>(value));
}

void SqliteStatement::BindBlob(int position, std::string_view bytes) {
  sqlite3_bind_blob64(statement_.get(), position,
                      bytes.data() == nullptr ? "" : bytes.data(), bytes.size(),
                      SQLITE_STATIC);
}

void SqliteStatement::BindText(int position, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), position,
                      text.data() == nullptr ? "" : text.data(), text.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
}

absl::StatusOr<bool> SqliteStatement::Step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_->ErrorOf(code);
}

absl::Status SqliteStatement::Run() { return Step().status(); }

std::uint64_t SqliteStatement::Number(int column) const {
  return static_cast<std::uint64_t>(
      sqlite3_column_int64(statement_.get(), column));
}

std::string SqliteStatement::Bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr) return "";
  return std::string(static_cast<const char*>(data),
                     static_cast<std::size_t>(size));
}

void SqliteDatabase::Close::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}

absl::StatusOr<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(
    const std::string& path) {
  if (absl::Status created = CreatePrivately(path); !created.ok()) {
    return created;
  }
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(path));
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(
      path.c_str(), &handle,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE,
      nullptr);
  database->handle_.reset(handle);
  if (code != SQLITE_OK) return database->ErrorOf(code);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  return database;
}

absl::StatusOr<SqliteStatement> SqliteDatabase::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(handle_.get(), sql.data(),
                         static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return ErrorOf(code);
  return SqliteStatement(this, statement);
}

absl::Status SqliteDatabase::Execute(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : ErrorOf(code);
}

absl::Status SqliteDatabase::Transact(
    const std::function<absl::Status()>& body) {
  // IMMEDIATE takes the write lock now, so nothing read inside gets stale.
  absl::Status status = Execute("BEGIN IMMEDIATE");
  if (!status.ok()) return status;
  status = body();
  if (status.ok()) status = Execute("COMMIT");
  // A failed COMMIT may leave the transaction open. A disk that is full may
  // have ended it already; the second ROLLBACK's complaint says nothing new.
  if (!status.ok()) Execute("ROLLBACK").IgnoreError();
  return status;
}

absl::Status SqliteDatabase::ErrorOf(int code) const {
  const std::string what = absl::StrCat(
      "store ", path_, ": ",
      handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code));
  switch (code & 0xff) {
    case SQLITE_FULL:
      return absl::UnavailableError(
          absl::StrCat(what, "; free disk space and try again"));
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return absl::UnavailableError(absl::StrCat(
          what, "; make the file and its directory writable and try again"));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::UnavailableError(
          absl::StrCat(what, "; another process holds it, try again"));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::DataLossError(absl::StrCat(
          what, "; restore a backup, or move the file away and apply the ",
          "resources again"));
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
      return absl::UnavailableError(
          absl::StrCat(what, "; check the disk and try again"));
    default:
      return absl::InternalError(absl::StrCat(what, " (", code, ")"));
  }
}

}  // namespace weir::controlplane
