// SQLite's C API with owners and absl::Status.
#ifndef WEIR_CONTROLPLANE_STORE_SQLITE_DATABASE_H_
#define WEIR_CONTROLPLANE_STORE_SQLITE_DATABASE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace weir::controlplane {

// One prepared statement. Bind by position from 1, read columns from 0.
// Must not outlive its database; not thread-safe.
class SqliteStatement {
 public:
  void Bind(int position, std::uint64_t value);
  // `bytes` must live until the statement was stepped.
  void BindBlob(int position, std::string_view bytes);
  // The same for UTF-8; SQLite ends it at a NUL.
  void BindText(int position, std::string_view text);

  // True: a row is there to be read. False: done.
  absl::StatusOr<bool> Step();
  // For statements that give no row.
  absl::Status Run();

  std::uint64_t Number(int column) const;
  std::string Bytes(int column) const;

 private:
  friend class SqliteDatabase;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  SqliteStatement(class SqliteDatabase* database, sqlite3_stmt* statement)
      : database_(database), statement_(statement) {}

  class SqliteDatabase* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// One connection. Not thread-safe.
class SqliteDatabase {
 public:
  // Opens or creates the file, readable by its owner alone. A lock held by
  // another process is waited for at most a second.
  static absl::StatusOr<std::unique_ptr<SqliteDatabase>> Open(
      const std::string& path);

  // `sql` is a constant of ours: nothing is ever pasted into it.
  absl::StatusOr<SqliteStatement> Prepare(std::string_view sql);
  // Statements that give no row, separated by semicolons.
  absl::Status Execute(const char* sql);

  // Runs `body` in a transaction that no other writer can come between: all of
  // it is kept, or, when it or the commit fails, nothing.
  absl::Status Transact(const std::function<absl::Status()>& body);

  const std::string& path() const { return path_; }

 private:
  friend class SqliteStatement;
  struct Close {
    void operator()(sqlite3* handle) const;
  };

  explicit SqliteDatabase(std::string path) : path_(std::move(path)) {}

  // What SQLite's result `code` means to the caller and what to do about it.
  absl::Status ErrorOf(int code) const;

  const std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_SQLITE_DATABASE_H_
