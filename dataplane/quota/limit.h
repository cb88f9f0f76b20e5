// One limit that holds for the whole fleet, as this node keeps its part of it.
#ifndef WEIR_DATAPLANE_QUOTA_LIMIT_H_
#define WEIR_DATAPLANE_QUOTA_LIMIT_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/limit_id.h"
#include "dataplane/quota/rate_bucket.h"

namespace weir::dataplane {

// The node's share of it, and what its clients wanted.
//
// Thread safety: SetCapacity(), OnLease(), OnNoLease() and Refresh() on one
// thread, the node's; the rest from any.
class Limit {
 public:
  // `capacity`: what the whole fleet may. Until somebody says how many nodes
  // there are, this one takes it for itself.
  Limit(std::string id, LimitKind kind, std::uint64_t capacity, absl::Time now);

  // Takes so much, or says how long to wait. In flight: until Release().
  std::optional<absl::Duration> Take(double amount, absl::Time now);
  // Of requests in flight.
  void Release() { held_.fetch_sub(1, std::memory_order_relaxed); }
  // Of tokens: what was used beyond what was taken; negative: less.
  void Settle(double difference, absl::Time now);
  // How long nothing can be taken; zero where something can.
  absl::Duration Wait(absl::Time now) const;

  // What a request will use beyond what is known of it: a moving average.
  double expected() const { return expected_.load(std::memory_order_relaxed); }
  void NoteUsed(double beyond);

  // Whether the control plane should hear at once that somebody wants this
  // limit, of which it leases nothing here; true once.
  bool TakeNews();

  void SetCapacity(std::uint64_t capacity, absl::Time now);
  // The control plane's word; it holds until `until`.
  void OnLease(double share, absl::Time until, absl::Time now);
  // It divides the limit among `nodes` and leases none of it here: an even part
  // is a safe one.
  void OnNoLease(std::uint32_t nodes, absl::Time now);
  // A lease that nobody renewed stays, but is never less than an even part:
  // nobody is denied because the control plane is away.
  void Refresh(std::uint32_t nodes, absl::Time now);

  const std::string& id() const { return id_; }
  LimitKind kind() const { return kind_; }
  std::uint64_t capacity() const {
    return capacity_.load(std::memory_order_relaxed);
  }
  double share() const;
  // Since the start; of them, what was refused.
  std::uint64_t wanted() const {
    return wanted_.load(std::memory_order_relaxed);
  }
  std::uint64_t refused() const {
    return refused_.load(std::memory_order_relaxed);
  }
  std::uint64_t held() const;
  // What there is to take now, and when all of it is back.
  std::uint64_t Remaining(absl::Time now) const;
  absl::Duration UntilFull(absl::Time now) const;

 private:
  std::optional<absl::Duration> TakePlace();
  void SetShare(double share, absl::Time now);
  double EvenShare(std::uint32_t nodes) const;

  const std::string id_;
  const LimitKind kind_;
  std::atomic<std::uint64_t> capacity_;
  RateBucket bucket_;
  // Of requests in flight.
  std::atomic<std::int64_t> places_;
  std::atomic<std::int64_t> held_ = 0;
  std::atomic<std::uint64_t> wanted_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
  std::atomic<double> expected_;
  std::atomic<bool> leased_ = false;
  std::atomic<bool> news_told_ = false;
  // Of the node's thread.
  absl::Time lease_until_ = absl::InfiniteFuture();
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_QUOTA_LIMIT_H_
