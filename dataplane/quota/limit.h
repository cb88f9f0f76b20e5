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

// The control plane's word on a limit of which each request is asked for.
struct AdmissionWord {
  // It holds for the first so many that were asked.
  std::uint64_t answered = 0;
  // Of them, since the node's start.
  std::uint64_t granted = 0;
  // For so long there is nothing more.
  absl::Duration closed_for = absl::ZeroDuration();

  friend bool operator==(const AdmissionWord&, const AdmissionWord&) = default;
};

// The node's share of it, and what its clients wanted.
//
// A share of a small limit would be less than a request. Of such a limit each
// request is asked for: who is refused by Take() while MayAsk() calls Ask(),
// waits until IsAnswered(), calls EndAsk() and takes again. While nobody
// answers, the share decides as for all others.
//
// Thread safety: SetCapacity(), OnLease(), OnNoLease(), OnAdmission() and
// Refresh(), granted() and TakeHeld() on one thread, the node's; the rest from
// any.
class Limit {
 public:
  // So many may wait for the control plane at once: they hold what they have of
  // other limits meanwhile.
  static constexpr std::uint64_t kMostWaiting = 64;

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

  // Whether the request that was just refused should be asked for.
  bool MayAsk(absl::Time now) const;
  // It is, and is not refused yet: its number. REQUIRES: MayAsk().
  std::uint64_t Ask();
  // Whether there is a word that holds for it, or will be none.
  bool IsAnswered(std::uint64_t number) const;
  // It waits no more. kNoAnswer: nobody asks again before the next word.
  enum class AskEnd { kAnswered, kNoAnswer };
  void EndAsk(AskEnd end);

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
  // What that word says of requests that are asked for, or nullopt where none
  // are; after the two above.
  void OnAdmission(const std::optional<AdmissionWord>& word, absl::Time now);
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
  // Requests that were asked for, those that wait, and what was granted.
  std::uint64_t asked() const { return asked_.load(std::memory_order_relaxed); }
  std::uint64_t waiting() const {
    return waiting_.load(std::memory_order_relaxed);
  }
  std::uint64_t granted() const { return granted_; }
  // What is held, for the control plane: with places that were granted and
  // not taken yet. Those that nobody waits for any more go back with this.
  std::uint64_t TakeHeld();
  // What there is to take now, and when all of it is back.
  std::uint64_t Remaining(absl::Time now) const;
  absl::Duration UntilFull(absl::Time now) const;

 private:
  std::optional<absl::Duration> TakeAtOnce(double amount, absl::Time now);
  std::optional<absl::Duration> TakePlace(absl::Time now);
  // One of those that were granted; false: there is none.
  bool TakeGrant();
  absl::Duration ClosedFor(absl::Time now) const;
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

  // Of a limit that is asked for.
  std::atomic<bool> asks_ = false;
  // It would be asked for, but nobody answered.
  std::atomic<bool> unanswered_ = false;
  std::atomic<std::uint64_t> asked_ = 0;
  std::atomic<std::uint64_t> answered_ = 0;
  std::atomic<std::uint64_t> waiting_ = 0;
  // Granted, and taken by nobody yet.
  std::atomic<std::int64_t> grants_left_ = 0;
  std::atomic<std::int64_t> closed_until_ns_ = 0;

  // Of the node's thread.
  absl::Time lease_until_ = absl::InfiniteFuture();
  std::uint64_t granted_ = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_QUOTA_LIMIT_H_
