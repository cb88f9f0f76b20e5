// All usage that a node keeps: of this start, and of those before it that the
// ledger does not have yet.
#ifndef WEIR_DATAPLANE_SPOOL_USAGE_SPOOL_H_
#define WEIR_DATAPLANE_SPOOL_USAGE_SPOOL_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "dataplane/spool/batch_file.h"
#include "dataplane/spool/boot_spool.h"
#include "dataplane/usage/name_table.h"
#include "dataplane/usage/slot_table.h"

namespace weir::dataplane {

struct UsageSpoolOptions {
  // Empty: what is not delivered goes with the process.
  std::string directory;
  // Of this process.
  std::uint64_t boot_id = 0;
  BootSpool::Shape shape;
};

// For metrics. Counts are since the start.
struct UsageStatus {
  std::uint64_t batches_waiting = 0;
  std::uint64_t bytes_waiting = 0;
  std::uint64_t batches_acknowledged = 0;
  std::uint64_t write_failures = 0;
  // Attempts of which the ledger will not hear.
  std::uint64_t attempts_lost = 0;
  // Attempts that a process of before had not ended when it was killed.
  std::uint64_t attempts_interrupted = 0;
  // What is not delivered yet outlives the process.
  bool outlives_process = false;
};

// Thread safety: as BootSpool's.
class UsageSpool {
 public:
  // Takes the directory for this process and recovers what others left there.
  // FAILED_PRECONDITION where another process has it, or nobody may write
  // there. A disk that is full is not a reason to stop: usage is kept in memory
  // then, and an error is logged.
  static absl::StatusOr<std::unique_ptr<UsageSpool>> Open(
      const UsageSpoolOptions& options);
  ~UsageSpool();
  UsageSpool(const UsageSpool&) = delete;
  UsageSpool& operator=(const UsageSpool&) = delete;

  SlotTable& table(std::size_t worker) { return current_->table(worker); }
  NameTable& names() { return current_->names(); }

  void Flush() { current_->Flush(); }

  // The batch that is next, which is the same until it is acknowledged; nullptr
  // where nothing waits. Batches of earlier starts come first.
  const StoredBatch* Offer();
  // Of a start that is not known here it is ignored.
  void OnAck(std::uint64_t boot_id, std::uint64_t sequence);

  UsageStatus status() const;

 private:
  // Holds the directory's lock as long as it lives.
  class Lock;

  UsageSpool();
  void Recover(const UsageSpoolOptions& options);
  absl::Status StartBoot(const UsageSpoolOptions& options);
  void DropDone();

  std::unique_ptr<Lock> lock_;
  // In no order that matters.
  std::deque<std::unique_ptr<BootSpool>> earlier_;
  std::unique_ptr<BootSpool> current_;
  std::uint64_t interrupted_ = 0;
  std::uint64_t acknowledged_earlier_ = 0;
  bool outlives_process_ = false;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SPOOL_USAGE_SPOOL_H_
