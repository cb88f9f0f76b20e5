// A PostgreSQL database that may go away and come back.
#ifndef WEIR_CONTROLPLANE_STORE_POSTGRES_DATABASE_H_
#define WEIR_CONTROLPLANE_STORE_POSTGRES_DATABASE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/backoff.h"
#include "common/clock.h"
#include "common/random.h"
#include "controlplane/store/database.h"
#include "controlplane/store/postgres_connection.h"
#include "controlplane/store/postgres_url.h"

namespace weir::controlplane {

class PostgresStatement;

// Connects when it is first needed, brings the schema up to date then, and
// connects anew after the connection was lost, with back-off: between two
// attempts everything fails at once, with what the last one said. A transaction
// is never begun again by itself.
class PostgresDatabase final : public Database {
 public:
  // Between two attempts to connect; full jitter.
  static constexpr absl::Duration kBackoffBase = absl::Milliseconds(250);
  static constexpr absl::Duration kBackoffCap = absl::Seconds(3);

  // `clock` outlives this.
  PostgresDatabase(PostgresUrl url, const PostgresLimits& limits,
                   const Clock& clock);
  ~PostgresDatabase() override;

  absl::StatusOr<Statement> Prepare(std::string_view sql) override;
  absl::Status Execute(const std::string& sql) override;
  // READ COMMITTED: what it must rely on it locks. UNAVAILABLE may mean that
  // only the answer to the commit was lost.
  absl::Status Transact(const std::function<absl::Status()>& body) override;

  const std::string& name() const override { return url_.name; }
  const SqlDialect& dialect() const override;

 private:
  friend class PostgresStatement;

  // A connection on which nothing is under way.
  absl::StatusOr<PostgresConnection*> Ready();
  absl::Status Connect();
  // Throws an ended connection away; passes `status` on.
  absl::Status After(absl::Status status);
  absl::Status FinishTransaction(const absl::Status& body);

  const PostgresUrl url_;
  const PostgresLimits limits_;
  const Clock& clock_;
  SystemRandom random_;
  Backoff backoff_;
  absl::Time next_try_ = absl::InfinitePast();
  // Of the last attempt to connect.
  absl::Status failure_;

  std::unique_ptr<PostgresConnection> connection_;
  bool in_transaction_ = false;
  // Whose rows have not all been taken; null: nobody's.
  PostgresStatement* active_ = nullptr;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_POSTGRES_DATABASE_H_
