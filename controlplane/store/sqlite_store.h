// The store in one SQLite file on one machine.
#ifndef WEIR_CONTROLPLANE_STORE_SQLITE_STORE_H_
#define WEIR_CONTROLPLANE_STORE_SQLITE_STORE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/mutex.h"
#include "controlplane/store/sqlite_database.h"
#include "controlplane/store/sqlite_usage_store.h"
#include "controlplane/store/store.h"

namespace weir::controlplane {

// A write-ahead log with synchronous=FULL: each commit is on the disk before it
// is acknowledged. An operator's change is rare and an epoch must never be
// given twice, so the price of an fsync (milliseconds) is not felt; NORMAL
// could lose the last commits with the machine's power.
//
// Keeps the last revisions (kKeptRevisions), so that a mistake can be looked
// up.
class SqliteStore final : public Store {
 public:
  static constexpr std::uint64_t kKeptRevisions = 20;

  // Opens or creates `path`, brings its schema up to date, checks it.
  //
  // UNAVAILABLE: can't be opened or written, or another control plane uses it
  // (`path`.lock is held). DATA_LOSS: damaged or no database at all.
  // FAILED_PRECONDITION: a newer version's or somebody else's database.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> Open(
      const std::string& path);
  ~SqliteStore() override;

  absl::StatusOr<StoredResources> Load() override;
  absl::Status Save(const StoredResources& next) override;
  absl::StatusOr<std::uint64_t> BeginEpoch(std::uint64_t floor) override;
  absl::StatusOr<Journal> LoadJournal() override;
  absl::Status SaveJournal(const JournalUpdate& update) override;
  UsageStore& usage() override { return *usage_; }

 private:
  explicit SqliteStore(int lock_fd) : lock_fd_(lock_fd) {}

  absl::StatusOr<std::uint64_t> LastRevision()
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Insert(const StoredResources& next)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Open and locked for as long as this lives.
  const int lock_fd_;

  Mutex mutex_;
  std::unique_ptr<SqliteDatabase> database_ ABSL_GUARDED_BY(mutex_);

  // Set once, by Open().
  std::unique_ptr<SqliteUsageStore> usage_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_SQLITE_STORE_H_
