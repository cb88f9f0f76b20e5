#include "controlplane/store/sqlite_database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "controlplane/store/database.h"

namespace weir::controlplane {
namespace {

// An operator waits for it, so not longer than a person calls quick.
constexpr int kBusyTimeoutMs = 1000;

// "weir"; SQLite keeps it in the file's header.
constexpr std::uint64_t kApplicationId = 0x77656972;

constexpr SqlDialect kDialect = {
    .integer = "INTEGER",
    .blob = "BLOB",
    .counted_key = "INTEGER PRIMARY KEY",
    .table_options = "STRICT",
    .keyed_table_options = "STRICT, WITHOUT ROWID",
    .mark_as_ours = "PRAGMA application_id = 0x77656972;",
    .count_migrations =
        "SELECT count(*) FROM sqlite_schema WHERE name = 'migrations'",
    // BEGIN IMMEDIATE has locked the whole file.
    .lock_schema = "",
    .share_row = "",
};

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

class SqliteStatement final : public StatementDriver {
 public:
  SqliteStatement(const SqliteDatabase& database, sqlite3_stmt* statement)
      : database_(database), statement_(statement) {}

  void Bind(int position, std::uint64_t value) override;
  void BindBlob(int position, std::string_view bytes) override;
  void BindText(int position, std::string_view text) override;
  absl::StatusOr<bool> Step() override;
  std::uint64_t Number(int column) const override;
  std::string Bytes(int column) const override;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const {
      sqlite3_finalize(statement);
    }
  };

  const SqliteDatabase& database_;
  const std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

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
  return database_.ErrorOf(code);
}

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

}  // namespace

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

absl::StatusOr<Statement> SqliteDatabase::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(handle_.get(), sql.data(),
                         static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return ErrorOf(code);
  return Statement(std::make_unique<SqliteStatement>(*this, statement));
}

absl::Status SqliteDatabase::Execute(const std::string& sql) {
  const int code =
      sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
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

const SqlDialect& SqliteDatabase::dialect() const { return kDialect; }

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

namespace {

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
      absl::StrCat("store ", database.name(),
                   " is a database of something else; name another file"));
}

absl::Status CheckIntegrity(SqliteDatabase& database) {
  absl::StatusOr<Statement> check = database.Prepare("PRAGMA quick_check(1)");
  if (!check.ok()) return check.status();
  absl::StatusOr<bool> row = check->Step();
  if (!row.ok()) return row.status();
  const std::string finding = *row ? check->Bytes(0) : "no answer";
  if (finding == "ok") return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      "store ", database.name(), " is damaged: ", finding,
      "; restore a backup, or move the file away and apply the resources "
      "again"));
}

}  // namespace

absl::Status CheckFile(SqliteDatabase& database) {
  absl::Status owner = CheckOwner(database);
  return owner.ok() ? CheckIntegrity(database) : owner;
}

}  // namespace weir::controlplane
