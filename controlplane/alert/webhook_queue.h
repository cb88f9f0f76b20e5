// What one receiver has yet to get.
#ifndef WEIR_CONTROLPLANE_ALERT_WEBHOOK_QUEUE_H_
#define WEIR_CONTROLPLANE_ALERT_WEBHOOK_QUEUE_H_

#include <cstddef>
#include <deque>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/backoff.h"
#include "common/random.h"
#include "controlplane/store/journal.h"

namespace weir::controlplane {

// Messages in their order, the first of which is tried again and again until it
// is delivered, refused for good, or too old: a receiver must not hear that an
// alert is resolved before it hears that it was raised.
//
// Pure but for itself. Not thread-safe.
class WebhookQueue {
 public:
  // Beyond these the oldest is dropped: the newest says how things stand.
  static constexpr std::size_t kMaxWaiting = 256;
  // Full jitter between tries, from 1 s to 5 min.
  static constexpr absl::Duration kFirstDelay = absl::Seconds(1);
  static constexpr absl::Duration kLongestDelay = absl::Minutes(5);
  // After so much trying a message is given up.
  static constexpr absl::Duration kPatience = absl::Hours(1);

  // What came of a try, and of the message.
  enum class Outcome { kDelivered, kRefused, kGivenUp, kToBeTriedAgain };
  struct Verdict {
    Outcome outcome;
    // Until the next try.
    absl::Duration delay = absl::ZeroDuration();
  };

  // `random` outlives this.
  explicit WebhookQueue(Random& random)
      : backoff_(kFirstDelay, kLongestDelay, random) {}

  // True: there was no room, and the oldest that nobody is trying is gone.
  bool Push(Alert alert);

  // In the order in which they are to be sent.
  const std::deque<Alert>& waiting() const { return waiting_; }
  bool empty() const { return waiting_.empty(); }
  // REQUIRES: not empty.
  const Alert& front() const { return waiting_.front(); }

  // The first was tried and is done with, unless it is to be tried again.
  // REQUIRES: not empty.
  Verdict OnTried(const absl::Status& status, absl::Time now);

 private:
  std::deque<Alert> waiting_;
  Backoff backoff_;
  // When the first was tried first; nullopt: not yet.
  std::optional<absl::Time> tried_since_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ALERT_WEBHOOK_QUEUE_H_
