// Requests that wait for the control plane's word on a small limit.
#ifndef WEIR_DATAPLANE_QUOTA_WAIT_H_
#define WEIR_DATAPLANE_QUOTA_WAIT_H_

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/io/task.h"
#include "dataplane/io/timer_wheel.h"
#include "dataplane/io/wakeup.h"
#include "dataplane/quota/limit.h"

namespace weir::dataplane {

// Of one worker; used on its thread only.
class QuotaWait {
 public:
  // A node's next report may be a tenth of a second away. Who was not answered
  // by then works with the node's share, so nobody waits long for a control
  // plane that is away.
  static constexpr absl::Duration kLongest = absl::Milliseconds(300);

  // `on_news` makes the node report; the others outlive this.
  QuotaWait(io::TimerWheel& wheel, const Clock& clock,
            std::function<void()> on_news)
      : wheel_(wheel), clock_(clock), on_news_(std::move(on_news)) {}

  // Asks for a request of `limit` and waits for the word, for kLongest, or
  // until the request's `interrupt` is raised. REQUIRES: limit.MayAsk().
  io::Task<> Ask(Limit& limit, Interrupt& interrupt);

  // The control plane has said something.
  void OnWord();

 private:
  struct Waiter {
    const Limit* limit;
    std::uint64_t number;
    io::Wakeup* wakeup;
  };

  io::TimerWheel& wheel_;
  const Clock& clock_;
  const std::function<void()> on_news_;
  std::vector<Waiter> waiters_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_QUOTA_WAIT_H_
