// An SQL database, as far as the store's tables need one: a seam, with SQLite
// and PostgreSQL behind it, so that each table exists once.
#ifndef WEIR_CONTROLPLANE_STORE_DATABASE_H_
#define WEIR_CONTROLPLANE_STORE_DATABASE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace weir::controlplane {

// What a driver of one database does for one statement; see Statement.
class StatementDriver {
 public:
  virtual ~StatementDriver() = default;

  virtual void Bind(int position, std::uint64_t value) = 0;
  virtual void BindBlob(int position, std::string_view bytes) = 0;
  virtual void BindText(int position, std::string_view text) = 0;
  virtual absl::StatusOr<bool> Step() = 0;
  virtual std::uint64_t Number(int column) const = 0;
  virtual std::string Bytes(int column) const = 0;
};

// One prepared statement. Bind by position from 1, read columns from 0.
// Must not outlive its database; not thread-safe. One at a time is stepped.
class Statement {
 public:
  explicit Statement(std::unique_ptr<StatementDriver> driver)
      : driver_(std::move(driver)) {}

  // All 64 bits are kept; databases compare and order them as signed.
  void Bind(int position, std::uint64_t value) {
    driver_->Bind(position, value);
  }
  // `bytes` must live until the statement was stepped.
  void BindBlob(int position, std::string_view bytes) {
    driver_->BindBlob(position, bytes);
  }
  // The same for UTF-8, which databases end at a NUL.
  void BindText(int position, std::string_view text) {
    driver_->BindText(position, text);
  }

  // True: a row is there to be read. False: done.
  absl::StatusOr<bool> Step() { return driver_->Step(); }
  // To its end, for statements whose rows nobody wants.
  absl::Status Run();

  std::uint64_t Number(int column) const { return driver_->Number(column); }
  std::string Bytes(int column) const { return driver_->Bytes(column); }

 private:
  std::unique_ptr<StatementDriver> driver_;
};

// Where databases speak SQL differently. Constants of ours: nothing is ever
// pasted into them.
struct SqlDialect {
  // Names of types in migrations: 64 bits, bytes, and a key that is counted up.
  const char* integer;
  const char* blob;
  const char* counted_key;
  // What stands behind a table, and behind one that is found by its key alone.
  const char* table_options;
  const char* keyed_table_options;
  // Statement that marks a new database as weir's.
  const char* mark_as_ours;
  // Selects how many tables `migrations` of ours there are.
  const char* count_migrations;
  // Statement that lets one process at a time change the schema, to the end of
  // the transaction.
  const char* lock_schema;
  // Behind a SELECT: nobody changes the row until the transaction ends.
  const char* share_row;
};

// One connection. Not thread-safe.
class Database {
 public:
  virtual ~Database() = default;

  // `sql` is a constant of ours, with ? for values.
  virtual absl::StatusOr<Statement> Prepare(std::string_view sql) = 0;
  // Statements that give no row, separated by semicolons.
  virtual absl::Status Execute(const std::string& sql) = 0;

  // Runs `body` in a transaction: all of it is kept, or, when it or the commit
  // fails, nothing. What was locked in it stays so until its end.
  virtual absl::Status Transact(const std::function<absl::Status()>& body) = 0;

  // What it is called in messages; holds no secret.
  virtual const std::string& name() const = 0;
  virtual const SqlDialect& dialect() const = 0;
};

// The first column of the first row; 0 where there is none.
absl::StatusOr<std::uint64_t> QueryNumber(Database& database,
                                          std::string_view sql);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_DATABASE_H_
