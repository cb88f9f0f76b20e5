// SQLite's C API with owners and absl::Status.
#ifndef WEIR_CONTROLPLANE_STORE_SQLITE_DATABASE_H_
#define WEIR_CONTROLPLANE_STORE_SQLITE_DATABASE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controlplane/store/database.h"

struct sqlite3;

namespace weir::controlplane {

// One connection to a file.
class SqliteDatabase final : public Database {
 public:
  // Opens or creates the file, readable by its owner alone. A lock held by
  // another process is waited for at most a second.
  static absl::StatusOr<std::unique_ptr<SqliteDatabase>> Open(
      const std::string& path);

  absl::StatusOr<Statement> Prepare(std::string_view sql) override;
  absl::Status Execute(const std::string& sql) override;
  // No other writer can come between.
  absl::Status Transact(const std::function<absl::Status()>& body) override;

  // The file's path.
  const std::string& name() const override { return path_; }
  const SqlDialect& dialect() const override;

  // What SQLite's result `code` means to the caller and what to do about it.
  absl::Status ErrorOf(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };

  explicit SqliteDatabase(std::string path) : path_(std::move(path)) {}

  const std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

// Refuses what is not a sound database of ours: DATA_LOSS when it is damaged,
// FAILED_PRECONDITION when it is somebody else's. Writes nothing.
absl::Status CheckFile(SqliteDatabase& database);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_SQLITE_DATABASE_H_
