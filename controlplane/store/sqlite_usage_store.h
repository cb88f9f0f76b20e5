// Usage in the store's SQLite file, over connections of its own.
#ifndef WEIR_CONTROLPLANE_STORE_SQLITE_USAGE_STORE_H_
#define WEIR_CONTROLPLANE_STORE_SQLITE_USAGE_STORE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "controlplane/store/sqlite_database.h"
#include "controlplane/store/sqlite_usage_table.h"
#include "controlplane/store/usage_store.h"

namespace weir::controlplane {

// An operator's change never waits for a report, and no report for a write: one
// connection writes and one reads, beside the store's own, and the write-ahead
// log lets a reader see the last commit meanwhile.
class SqliteUsageStore final : public UsageStore {
 public:
  // REQUIRES: the file's schema is up to date. Errors as SqliteStore::Open().
  static absl::StatusOr<std::unique_ptr<SqliteUsageStore>> Open(
      const std::string& path);

  absl::StatusOr<std::vector<KeptBatch>> Keep(
      const std::vector<UsageBatch>& batches, absl::Time now) override;
  absl::Status Read(absl::Time since, absl::Time until,
                    const std::function<void(const UsageRow&)>& visit) override;
  absl::StatusOr<bool> RollUp(const RollUpStep& step) override;
  absl::Status ForgetBoots(absl::Time before) override;
  absl::StatusOr<std::vector<StoredPrice>> LoadPrices() override;
  absl::Status SavePrices(const std::vector<StoredPrice>& prices) override;

 private:
  SqliteUsageStore(std::unique_ptr<SqliteDatabase> writer,
                   std::unique_ptr<SqliteDatabase> reader);

  // All of it or nothing, in the database and in what is known of it.
  absl::Status Transact(const std::function<absl::Status()>& body)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mutex_);

  Mutex write_mutex_;
  const std::unique_ptr<SqliteDatabase> writer_
      ABSL_PT_GUARDED_BY(write_mutex_);
  SqliteUsageTable table_ ABSL_GUARDED_BY(write_mutex_);

  Mutex read_mutex_;
  const std::unique_ptr<SqliteDatabase> reader_ ABSL_PT_GUARDED_BY(read_mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_SQLITE_USAGE_STORE_H_
