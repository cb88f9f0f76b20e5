// So many requests or tokens a minute, with short bursts.
#ifndef WEIR_DATAPLANE_QUOTA_RATE_BUCKET_H_
#define WEIR_DATAPLANE_QUOTA_RATE_BUCKET_H_

#include <atomic>
#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace weir::dataplane {

// Fills evenly, and holds what comes in kBurst, but at least one and what comes
// of the next until somebody takes it: a slow one would lose that. Shared by a
// node's workers, because connections stay at their worker: parts of their own
// would refuse a client with one connection while the others' parts lie idle.
// It is one word, and who takes from it does one compare-and-swap.
//
// Thread safety: every method may be called from any thread, SetRate() from one
// at a time.
class RateBucket {
 public:
  static constexpr absl::Duration kBurst = absl::Seconds(10);
  // What a new one holds: nobody knows yet what other nodes let through.
  static constexpr absl::Duration kFirstBurst = absl::Seconds(1);

  // A minute; 0 or more.
  RateBucket(double rate, absl::Time now);

  // What is in it stays, as far as there is room.
  void SetRate(double rate, absl::Time now);
  double rate() const;

  // Takes `amount`, or says how long to wait for it. What has no room in the
  // bucket is let through when it is full.
  std::optional<absl::Duration> Take(double amount, absl::Time now);

  // Takes what was used beyond what was taken, into debt if it must, or gives
  // back where `amount` is negative.
  void Charge(double amount, absl::Time now);

  // Less than 0 in debt.
  double Level(absl::Time now) const;
  absl::Duration UntilFull(absl::Time now) const;
  // Whether there is anything to take, and else for how long there is not.
  absl::Duration UntilAny(absl::Time now) const;

 private:
  // What one unit takes to come.
  std::atomic<double> ns_per_unit_;
  // When it is full, if nobody takes anything.
  std::atomic<std::int64_t> full_at_ns_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_QUOTA_RATE_BUCKET_H_
