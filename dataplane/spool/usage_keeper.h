// Keeps a spool going: flushes it, offers its batches, takes acknowledgements.
#ifndef WEIR_DATAPLANE_SPOOL_USAGE_KEEPER_H_
#define WEIR_DATAPLANE_SPOOL_USAGE_KEEPER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "dataplane/spool/usage_spool.h"
#include "dataplane/usage/encoded_batch.h"
#include "dataplane/usage/name_table.h"
#include "dataplane/usage/slot_table.h"

namespace weir::dataplane {

// A thread of its own that may wait for a disk, so that nobody else does.
//
// Slots are flushed once a second, and as soon as a quarter of a worker's have
// ended. One batch is offered at a time, the next once it is acknowledged: more
// in flight would gain nothing, since a batch holds a second or all that came
// while the control plane was away.
//
// Thread safety: every method may be called from any thread.
class UsageKeeper {
 public:
  // Called on the keeper's thread with the batch that is to be delivered next.
  using Offer = std::function<void(std::shared_ptr<const EncodedBatch>)>;

  // `clock` outlives this.
  UsageKeeper(std::unique_ptr<UsageSpool> spool, std::uint32_t slots_per_worker,
              std::uint32_t workers, const Clock& clock, Offer offer);
  // Flushes, and ends the thread. Workers have ended.
  ~UsageKeeper();

  SlotTable& table(std::size_t worker) { return spool_->table(worker); }
  NameTable& names() { return spool_->names(); }

  void OnAck(std::uint64_t boot_id, std::uint64_t sequence);

  // Flushes now. Calls `done` on the keeper's thread once nothing waits for an
  // acknowledgement; never, where none comes.
  void Drain(std::function<void()> done);

  UsageStatus status() const;

 private:
  struct Ack {
    std::uint64_t boot_id;
    std::uint64_t sequence;
  };
  // What others asked for since the last turn.
  struct Wishes {
    std::vector<Ack> acks;
    bool flush = false;
    bool end = false;
  };

  void Run();
  // Waits for a wish, at most for kTurn.
  Wishes NextWishes();
  bool FlushIsDue();
  void OfferNext();
  void EndTurn();

  const std::unique_ptr<UsageSpool> spool_;
  const std::uint32_t slots_per_worker_;
  const Clock& clock_;
  const Offer offer_;

  // Of the keeper's thread.
  absl::Time flushed_at_;
  std::vector<std::uint64_t> flushed_ends_;
  std::optional<std::pair<std::uint64_t, std::uint64_t>> offered_;

  mutable Mutex mutex_;
  CondVar changed_;
  Wishes wishes_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> drained_ ABSL_GUARDED_BY(mutex_);
  UsageStatus status_ ABSL_GUARDED_BY(mutex_);

  std::thread thread_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SPOOL_USAGE_KEEPER_H_
