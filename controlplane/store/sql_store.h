// The store in an SQL database.
#ifndef WEIR_CONTROLPLANE_STORE_SQL_STORE_H_
#define WEIR_CONTROLPLANE_STORE_SQL_STORE_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/mutex.h"
#include "controlplane/store/database.h"
#include "controlplane/store/fence.h"
#include "controlplane/store/journal.h"
#include "controlplane/store/sql_usage_store.h"
#include "controlplane/store/store.h"
#include "controlplane/store/usage_store.h"

namespace weir::controlplane {

// To one database, so that nobody waits for what another does: an operator's
// change never for a report, and no report for a write.
struct SqlConnections {
  std::unique_ptr<Database> state;
  std::unique_ptr<Database> usage_writer;
  std::unique_ptr<Database> usage_reader;
};

// Every write is fenced by the epoch that began last. Keeps the last revisions
// (kKeptRevisions), so that a mistake can be looked up.
class SqlStore : public Store {
 public:
  static constexpr std::uint64_t kKeptRevisions = 20;

  // REQUIRES: the database's schema is up to date whenever a connection is
  // used.
  explicit SqlStore(SqlConnections connections);

  absl::StatusOr<StoredResources> Load() override;
  absl::Status Save(const StoredResources& next) override;
  absl::StatusOr<std::uint64_t> BeginEpoch(std::uint64_t floor) override;
  absl::StatusOr<Journal> LoadJournal() override;
  absl::Status SaveJournal(const JournalUpdate& update) override;
  UsageStore& usage() override { return usage_; }

 protected:
  Fence& fence() { return fence_; }

 private:
  absl::Status Insert(const StoredResources& next)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Fence fence_;
  Mutex mutex_;
  const std::unique_ptr<Database> database_ ABSL_PT_GUARDED_BY(mutex_);
  SqlUsageStore usage_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_SQL_STORE_H_
