#include "controlplane/store/postgres_store.h"

#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "common/clock.h"
#include "controlplane/store/lease.h"
#include "controlplane/store/postgres_connection.h"
#include "controlplane/store/postgres_database.h"
#include "controlplane/store/postgres_lease.h"
#include "controlplane/store/postgres_url.h"
#include "controlplane/store/sql_store.h"
#include "controlplane/store/store.h"

namespace weir::controlplane {
namespace {

// A cost report over years reads for seconds, and nobody waits behind it but
// other reports.
constexpr absl::Duration kReadLimit = absl::Minutes(1);

// A renewal that takes longer than this had better be tried again.
constexpr absl::Duration kLeaseLimit = absl::Seconds(1);

class PostgresStore final : public SqlStore {
 public:
  PostgresStore(SqlConnections connections,
                std::unique_ptr<PostgresDatabase> lease)
      : SqlStore(std::move(connections)), lease_(std::move(lease), fence()) {}

  LeaseStore* lease() override { return &lease_; }

 private:
  PostgresLease lease_;
};

}  // namespace

std::unique_ptr<Store> NewPostgresStore(PostgresUrl url, const Clock& clock) {
  const auto connect = [&](const PostgresLimits& limits) {
    return std::make_unique<PostgresDatabase>(url, limits, clock);
  };
  PostgresLimits reading;
  reading.statement = kReadLimit;
  PostgresLimits leasing;
  leasing.connect = leasing.statement = leasing.lock = leasing.silence =
      kLeaseLimit;
  SqlConnections connections;
  connections.state = connect({});
  connections.usage_writer = connect({});
  connections.usage_reader = connect(reading);
  return std::make_unique<PostgresStore>(std::move(connections),
                                         connect(leasing));
}

}  // namespace weir::controlplane
