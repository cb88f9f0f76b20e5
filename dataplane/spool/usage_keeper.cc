#include "dataplane/spool/usage_keeper.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "dataplane/spool/batch_file.h"
#include "dataplane/spool/usage_spool.h"
#include "dataplane/thread_order.h"
#include "dataplane/usage/encoded_batch.h"

namespace weir::dataplane {
namespace {

// How often is looked whether slots run out: at 40,000 attempts a second of a
// worker, 8,000 end meanwhile.
constexpr absl::Duration kTurn = absl::Milliseconds(200);
constexpr absl::Duration kFlushEvery = absl::Seconds(1);

}  // namespace

UsageKeeper::UsageKeeper(std::unique_ptr<UsageSpool> spool,
                         std::uint32_t slots_per_worker, std::uint32_t workers,
                         const Clock& clock, Offer offer)
    : spool_(std::move(spool)),
      slots_per_worker_(slots_per_worker),
      clock_(clock),
      offer_(std::move(offer)),
      flushed_at_(clock.Now()),
      flushed_ends_(workers, 0),
      status_(spool_->status()),
      thread_([this] { Run(); }) {}

UsageKeeper::~UsageKeeper() {
  {
    MutexLock lock(&mutex_);
    wishes_.end = true;
  }
  changed_.SignalAll();
  thread_.join();
}

void UsageKeeper::OnAck(std::uint64_t boot_id, std::uint64_t sequence) {
  {
    MutexLock lock(&mutex_);
    wishes_.acks.push_back({boot_id, sequence});
  }
  changed_.SignalAll();
}

void UsageKeeper::Drain(std::function<void()> done) {
  {
    MutexLock lock(&mutex_);
    wishes_.flush = true;
    drained_ = std::move(done);
  }
  changed_.SignalAll();
}

UsageStatus UsageKeeper::status() const {
  MutexLock lock(&mutex_);
  return status_;
}

UsageKeeper::Wishes UsageKeeper::NextWishes() {
  MutexLock lock(&mutex_);
  if (wishes_.acks.empty() && !wishes_.flush && !wishes_.end) {
    changed_.WaitFor(&mutex_, kTurn);
  }
  return std::exchange(wishes_, Wishes());
}

bool UsageKeeper::FlushIsDue() {
  if (clock_.Now() - flushed_at_ >= kFlushEvery) return true;
  for (std::size_t i = 0; i < flushed_ends_.size(); ++i) {
    if (spool_->table(i).ended() - flushed_ends_[i] >= slots_per_worker_ / 4) {
      return true;
    }
  }
  return false;
}

void UsageKeeper::Run() {
  MakeWayForWorkers();
  OfferNext();
  for (;;) {
    const Wishes wishes = NextWishes();
    for (const Ack& ack : wishes.acks) {
      spool_->OnAck(ack.boot_id, ack.sequence);
    }
    if (wishes.flush || wishes.end || FlushIsDue()) {
      for (std::size_t i = 0; i < flushed_ends_.size(); ++i) {
        flushed_ends_[i] = spool_->table(i).ended();
      }
      spool_->Flush();
      flushed_at_ = clock_.Now();
    }
    if (wishes.end) return;
    OfferNext();
    EndTurn();
  }
}

void UsageKeeper::OfferNext() {
  const StoredBatch* const next = spool_->Offer();
  if (next == nullptr) return;
  const std::pair key(next->boot_id, next->sequence);
  if (offered_ == key) return;
  offered_ = key;
  offer_(std::make_shared<const EncodedBatch>(*next));
}

void UsageKeeper::EndTurn() {
  std::function<void()> drained;
  {
    MutexLock lock(&mutex_);
    status_ = spool_->status();
    if (status_.batches_waiting == 0 && !wishes_.flush) {
      drained = std::exchange(drained_, nullptr);
    }
  }
  if (drained) drained();
}

}  // namespace weir::dataplane
