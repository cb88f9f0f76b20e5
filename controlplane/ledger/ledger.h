// Puts what nodes used into the store, once.
#ifndef WEIR_CONTROLPLANE_LEDGER_LEDGER_H_
#define WEIR_CONTROLPLANE_LEDGER_LEDGER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/config/price.h"
#include "common/mutex.h"
#include "controlplane/ledger/own_prices.h"
#include "controlplane/store/usage_store.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// For how long minutes and hours are kept apart; days are kept for ever.
struct UsageRetention {
  absl::Duration minutes = absl::Hours(7 * 24);
  absl::Duration hours = absl::Hours(90 * 24);
};

// Batches wait here for the disk, in memory and up to a limit: a node keeps
// what was not acknowledged, so nothing is lost by refusing it. While the store
// can't be written, everything else goes on.
//
// Thread safety: Load() first; Write() and RollUp() on one thread that may wait
// for a disk; the rest from any thread, without waiting.
class Ledger {
 public:
  // Rows that wait at most: about 1.3 KB each.
  static constexpr std::size_t kMaxWaitingRows = 50'000;
  // After a failure it is tried again so much later.
  static constexpr absl::Duration kRetryAfter = absl::Seconds(1);

  // Of whoever sent a batch; means nothing here.
  using SenderId = std::uint64_t;

  struct Stats {
    // Batches by what became of them.
    std::uint64_t kept = 0;
    std::uint64_t repeated = 0;
    std::uint64_t refused = 0;
    // Those that should have come before others that did.
    std::uint64_t missing = 0;
    std::uint64_t rows = 0;
    // Times that the store could not be written.
    std::uint64_t errors = 0;
    std::size_t waiting_batches = 0;
    std::size_t waiting_rows = 0;
    // nullopt: the last write went well.
    std::optional<absl::Duration> failing_for;
    // Why; empty where nothing fails.
    std::string failure;
  };

  // Who wants to know. Called on the thread of Write(), without a lock.
  struct Listener {
    // All batches of the boot up to this one are in the store.
    std::function<void(SenderId, std::uint64_t boot_id, std::uint64_t sequence)>
        on_kept;
    // There is room again, after batches were refused.
    std::function<void()> on_room;
  };

  // Both outlive this.
  Ledger(UsageStore& store, const Clock& clock, UsageRetention retention = {});

  // REQUIRES: before the first Offer().
  void Connect(Listener listener) { listener_ = std::move(listener); }
  // `on_rows` gets what is new, once it is in the store, on the thread of
  // Write(). REQUIRES: before the first Offer().
  void Watch(std::function<void(const std::vector<UsageRow>&)> on_rows) {
    on_rows_ = std::move(on_rows);
  }
  // What prices were before. Errors of the store.
  absl::Status Load();

  // What targets cost from now on.
  void SetResources(const config::v1::Resources& resources);

  // Takes a batch. False: there is no room; later batches of the same boot must
  // not be offered before this one, or it would seem to be lost.
  bool Offer(SenderId sender, UsageBatch batch);

  // Brings what waits to the disk. Call a few times a second.
  void Write();
  // Adds up what is old, some of it. Call once a minute.
  void RollUp();

  // Of what was asked for and answered so, by its own price alone.
  config::PriceSchedule OwnPricesOf(const UsageSeries& series) const;
  UsageStore& store() { return store_; }
  Stats stats() const;

 private:
  struct Waiting {
    SenderId sender;
    UsageBatch batch;
  };
  // By boot and sequence, so that batches of a boot come in their order.
  using Queue = std::map<std::pair<std::uint64_t, std::uint64_t>, Waiting>;

  absl::Status WritePrices();
  absl::Status WriteBatches();
  std::vector<Waiting> TakeGroup();
  void PutBack(std::vector<Waiting> group);
  void NoteKept(const std::vector<Waiting>& group,
                const std::vector<KeptBatch>& kept);
  void NoteOutcome(const absl::Status& written);
  void RollUp(UsageSpan from, UsageSpan to, absl::Duration keep,
              const config::PriceList& list);

  UsageStore& store_;
  const Clock& clock_;
  const UsageRetention retention_;
  Listener listener_;
  std::function<void(const std::vector<UsageRow>&)> on_rows_;

  mutable Mutex mutex_;
  Queue waiting_ ABSL_GUARDED_BY(mutex_);
  OwnPrices prices_ ABSL_GUARDED_BY(mutex_);
  std::vector<StoredPrice> unsaved_prices_ ABSL_GUARDED_BY(mutex_);
  // Of the resources.
  std::shared_ptr<const config::PriceList> list_ ABSL_GUARDED_BY(mutex_);
  Stats stats_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Time> failing_since_ ABSL_GUARDED_BY(mutex_);
  bool refused_some_ ABSL_GUARDED_BY(mutex_) = false;

  // Of the thread that writes.
  absl::Time next_try_ = absl::InfinitePast();
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_LEDGER_LEDGER_H_
