// The usage of one process start: slots, and batches until the ledger has them.
#ifndef WEIR_DATAPLANE_SPOOL_BOOT_SPOOL_H_
#define WEIR_DATAPLANE_SPOOL_BOOT_SPOOL_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dataplane/spool/batch_file.h"
#include "dataplane/spool/usage_sum.h"
#include "dataplane/usage/mapping.h"
#include "dataplane/usage/name_table.h"
#include "dataplane/usage/slot_table.h"

namespace weir::dataplane {

// At most so many records stand in one batch: at their longest (four names of
// 253 bytes, a sketch of 144 buckets) they have less than 1 MiB.
inline constexpr std::size_t kMaxRecordsOfBatch = 500;

// How far a start's batches may pile up. With half of it used, minutes are
// summed to hours, with three quarters to days; what comes when all of it is
// used is lost, and counted.
inline constexpr std::uint64_t kMaxBacklogBytes = std::uint64_t{64} << 20;

struct SpoolCounts {
  std::uint64_t attempts_lost = 0;
  std::uint64_t write_failures = 0;
  std::uint64_t batches_acknowledged = 0;
};

// A slot goes from the worker to the ledger once, whenever the process dies:
//
//   free, open        the attempt had not ended: settled at the next start
//   ended             not in a batch: the next flush takes it
//   batched by F      in a batch if one was written through flush F, or F is
//                     acknowledged; else it counts as ended
//
// So a flush marks its slots first, then replaces the batch's file, then frees
// the slots; an acknowledgement is noted before the file goes. As long as a
// batch was not offered to anybody, the next flush is added to it: while the
// control plane is away, batches grow and don't multiply.
//
// Files of a directory: `boot` (what was acknowledged), `names`, `slots-N` of
// worker N, `batch-SEQUENCE`. Without a directory all of it is memory.
//
// Not thread-safe, but for what SlotTable and NameTable allow.
class BootSpool {
 public:
  struct Shape {
    std::uint32_t workers = 1;
    std::uint32_t slots_per_worker = 1024;
    std::uint64_t max_bytes = kMaxBacklogBytes;
  };

  // Of this process, in memory.
  static absl::StatusOr<std::unique_ptr<BootSpool>> InMemory(
      std::uint64_t boot_id, const Shape& shape);
  // Of this process. REQUIRES: `directory` is there and empty.
  static absl::StatusOr<std::unique_ptr<BootSpool>> Create(
      const std::string& directory, std::uint64_t boot_id, const Shape& shape);
  // Of a process that is gone: what it left open is settled as interrupted, and
  // all of it is flushed. FAILED_PRECONDITION where `directory` makes no sense;
  // a file in it that makes none is set aside and named in `notes`.
  static absl::StatusOr<std::unique_ptr<BootSpool>> Recover(
      const std::string& directory, std::uint64_t max_bytes,
      std::vector<std::string>& notes);

  // Takes what has ended out of the slots.
  void Flush();

  // The oldest batch that is not acknowledged; nullptr where there is none. It
  // may be on its way from now on, and is not changed any more.
  const StoredBatch* Offer();
  // Whatever was never offered can't be acknowledged, and is not.
  void OnAck(std::uint64_t sequence);

  // Takes the files away, or, where some were set aside, aside with them.
  // REQUIRES: there are no batches and no workers.
  absl::Status Remove();

  std::uint64_t boot_id() const { return boot_id_; }
  SlotTable& table(std::size_t worker) { return *tables_[worker]; }
  // Of this process only.
  NameTable& names() { return *names_; }
  std::size_t batches() const { return batches_.size(); }
  std::uint64_t bytes() const { return bytes_; }
  // Attempts that a start of before had not ended.
  std::uint64_t interrupted() const { return interrupted_; }
  SpoolCounts counts() const;

 private:
  // The numbers that outlive the process, in a page of their own.
  struct Page;
  struct Kept {
    StoredBatch batch;
    // Its file has all of it.
    bool written = false;
  };

  BootSpool(std::string directory, std::uint64_t boot_id,
            std::uint64_t max_bytes, Mapping page);

  absl::Status MakeTables(const Shape& shape);
  void RecoverTables(std::vector<std::string>& notes);
  void RecoverBatches(std::vector<std::string>& notes);
  void SettleSlots(SlotTable& table, std::uint64_t batched_through);
  // False when nothing is left.
  bool FlushSome();
  void Keep(UsageSum sum, std::uint64_t flush);
  void Write(Kept& kept);
  void WriteLeftOver();
  absl::Duration StepOfMinutes() const;
  std::uint64_t NextSequence() const;
  std::uint64_t BatchedThrough() const;
  std::string PathOf(const std::string& name) const;
  Page& page() const;

  const std::string directory_;
  const std::uint64_t boot_id_;
  const std::uint64_t max_bytes_;
  const Mapping page_;
  std::vector<std::unique_ptr<SlotTable>> tables_;
  std::unique_ptr<NameTable> names_;
  UsageSum::NameOf name_of_;

  std::deque<Kept> batches_;
  std::uint64_t bytes_ = 0;
  // The records of the last batch, as long as it may grow.
  UsageSum growing_;
  bool grows_ = false;
  std::uint64_t interrupted_ = 0;
  SpoolCounts counts_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SPOOL_BOOT_SPOOL_H_
