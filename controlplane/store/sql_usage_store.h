// Usage in the store's database, over connections of its own.
#ifndef WEIR_CONTROLPLANE_STORE_SQL_USAGE_STORE_H_
#define WEIR_CONTROLPLANE_STORE_SQL_USAGE_STORE_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "controlplane/store/database.h"
#include "controlplane/store/fence.h"
#include "controlplane/store/sql_usage_table.h"
#include "controlplane/store/usage_store.h"

namespace weir::controlplane {

// One connection writes and one reads, beside the store's own: a reader sees
// the last commit meanwhile.
class SqlUsageStore final : public UsageStore {
 public:
  // `fence` outlives this. REQUIRES: as SqlStore.
  SqlUsageStore(const Fence& fence, std::unique_ptr<Database> writer,
                std::unique_ptr<Database> reader);

  absl::StatusOr<std::vector<KeptBatch>> Keep(
      const std::vector<UsageBatch>& batches, absl::Time now) override;
  absl::Status Read(absl::Time since, absl::Time until,
                    const std::function<void(const UsageRow&)>& visit) override;
  absl::StatusOr<bool> RollUp(const RollUpStep& step) override;
  absl::Status ForgetBoots(absl::Time before) override;
  absl::StatusOr<std::vector<StoredPrice>> LoadPrices() override;
  absl::Status SavePrices(const std::vector<StoredPrice>& prices) override;

 private:
  // All of it or nothing, in the database and in what is known of it.
  absl::Status Transact(const std::function<absl::Status()>& body)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mutex_);

  const Fence& fence_;

  Mutex write_mutex_;
  const std::unique_ptr<Database> writer_ ABSL_PT_GUARDED_BY(write_mutex_);
  SqlUsageTable table_ ABSL_GUARDED_BY(write_mutex_);

  Mutex read_mutex_;
  const std::unique_ptr<Database> reader_ ABSL_PT_GUARDED_BY(read_mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_SQL_USAGE_STORE_H_
