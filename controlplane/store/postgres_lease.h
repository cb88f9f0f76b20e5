// The leader's lease, a row in a PostgreSQL database.
#ifndef WEIR_CONTROLPLANE_STORE_POSTGRES_LEASE_H_
#define WEIR_CONTROLPLANE_STORE_POSTGRES_LEASE_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/mutex.h"
#include "controlplane/store/fence.h"
#include "controlplane/store/lease.h"
#include "controlplane/store/postgres_database.h"

namespace weir::controlplane {

class PostgresLease final : public LeaseStore {
 public:
  // Of its own: a long write must not delay a renewal. `fence` outlives this.
  PostgresLease(std::unique_ptr<PostgresDatabase> database, Fence& fence)
      : database_(std::move(database)), fence_(fence) {}

  absl::StatusOr<Lease> Campaign(const Candidate& candidate) override;
  absl::Status Resign(const std::string& holder) override;

 private:
  absl::StatusOr<Lease> CampaignOnce(const Candidate& candidate)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  const std::unique_ptr<PostgresDatabase> database_ ABSL_PT_GUARDED_BY(mutex_);
  Fence& fence_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_POSTGRES_LEASE_H_
