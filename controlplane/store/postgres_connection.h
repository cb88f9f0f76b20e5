// libpq with owners, absl::Status, and an end to every wait.
#ifndef WEIR_CONTROLPLANE_STORE_POSTGRES_CONNECTION_H_
#define WEIR_CONTROLPLANE_STORE_POSTGRES_CONNECTION_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controlplane/store/postgres_url.h"

// As libpq has them.
struct pg_conn;
struct pg_result;

namespace weir::controlplane {

struct PostgresLimits {
  // To connect, each address of a name, and the name's look-up aside.
  absl::Duration connect = absl::Seconds(5);
  // The server ends a statement that takes longer.
  absl::Duration statement = absl::Seconds(5);
  // How long another transaction's lock is waited for.
  absl::Duration lock = absl::Seconds(3);
  // A server that says nothing for so long is given up, beyond `statement`.
  absl::Duration silence = absl::Seconds(3);
  // The server ends a transaction whose client sleeps.
  absl::Duration idle_transaction = absl::Seconds(5);
};

// One value of a statement.
struct PostgresValue {
  enum class Format { kText = 0, kBinary = 1 };
  // Texts end at a NUL.
  std::string bytes;
  Format format = Format::kText;
};

struct ClearResult {
  void operator()(pg_result* result) const;
};
using PostgresResult = std::unique_ptr<pg_result, ClearResult>;

// One connection, as long as it lasts. Errors of all methods: UNAVAILABLE when
// the server can't be reached, does not answer in time or can't do it now;
// DATA_LOSS when its data are damaged; else INTERNAL. Messages say which
// database and hold no secret.
//
// Not thread-safe.
class PostgresConnection {
 public:
  // `url` outlives this. Waits for `limits.connect` and for the resolver.
  static absl::StatusOr<std::unique_ptr<PostgresConnection>> Connect(
      const PostgresUrl& url, const PostgresLimits& limits);

  // Sends one statement, whose rows come one by one.
  // REQUIRES: what was sent before has been taken to its end.
  absl::Status Send(const std::string& sql,
                    const std::vector<PostgresValue>& values);
  // The next row of what was sent, in binary; null: it is done.
  absl::StatusOr<PostgresResult> Next();
  // Runs statements, separated by semicolons, and forgets their rows.
  absl::Status Execute(const std::string& sql);

  // Whether the server has not gone away while nothing was asked; does not
  // wait.
  bool Alive();
  // False: an error has ended it, and it is to be thrown away.
  bool usable() const { return usable_; }
  // Whether a transaction is open and has not failed.
  bool InTransaction() const;

 private:
  struct Finish {
    void operator()(pg_conn* handle) const;
  };
  enum class Wanted { kRead, kWrite, kBoth };

  PostgresConnection(const PostgresUrl& url, const PostgresLimits& limits)
      : url_(url), limits_(limits) {}

  absl::Status Open();
  absl::Status Flush(absl::Time deadline);
  // Until the socket may be read or written; UNAVAILABLE after `deadline`.
  absl::Status WaitFor(Wanted wanted, absl::Time deadline);
  // The next result as libpq has it; null: none is left.
  absl::StatusOr<PostgresResult> NextResult();
  absl::Status TakeToEnd();
  absl::Status Lost(const std::string& why);
  absl::Status ErrorOf(const pg_result* result);
  absl::Time Deadline() const;

  const PostgresUrl& url_;
  const PostgresLimits limits_;
  std::unique_ptr<pg_conn, Finish> handle_;
  bool usable_ = true;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_POSTGRES_CONNECTION_H_
