// Says no early when the worker can't keep up.
#ifndef WEIR_DATAPLANE_READ_LOAD_SHEDDING_H_
#define WEIR_DATAPLANE_READ_LOAD_SHEDDING_H_

#include "absl/time/time.h"
#include "dataplane/io/timer_wheel.h"

namespace weir::dataplane {

// What the client says of a request by `x-weir-criticality`.
enum class Criticality { kNormal, kSheddable };

enum class LoopState { kKeepsUp, kOverloaded };

// The share of normal requests to refuse, 0 to 1, after `elapsed` with `share`.
// Additive both ways: it grows by 0.5 a second while the loop is overloaded,
// and shrinks half as quickly when it isn't.
double NextShedShare(double share, LoopState state, absl::Duration elapsed);

// A loop that turns without a pause lets everyone wait for a whole turn, health
// checks too, and clients give up on answers that are still being made. So what
// is beyond the worker's strength is refused while it is cheap: what is
// sheddable first and altogether, then a growing share of the rest.
//
// Delay is how late a timer is: the loop looks at it once a turn. It has to be
// above kLongestDelay for kPatience without a break: a large configuration that
// came, or neighbours that take the processor for a moment, are no reason to
// fail anybody. Nor is a machine that was paused, which is one turn however
// long it took. A node whose container is throttled is late by up to the
// kernel's period of 100 ms when it has done all it had to do.
//
// Not thread-safe: everything happens on the loop.
class LoadShedding {
 public:
  static constexpr absl::Duration kLongestDelay = absl::Milliseconds(150);
  static constexpr absl::Duration kPatience = absl::Seconds(2);

  // `wheel` outlives this.
  explicit LoadShedding(io::TimerWheel& wheel);

  // A request is there: the loop is watched for as long as some come.
  void OnRequest() {
    if (!is_watching_) Watch();
    has_requests_ = true;
  }

  // Whether to refuse a request; `draw` is uniform in [0, 1).
  bool Sheds(Criticality criticality, double draw) const {
    return criticality == Criticality::kSheddable ? share_ > 0 : draw < share_;
  }

  // Of normal requests, 0 to 1.
  double share() const { return share_; }

 private:
  void Watch();
  void OnTimer();

  io::TimerWheel& wheel_;
  io::TimerWheel::Timer timer_;
  bool is_watching_ = false;
  bool has_requests_ = false;
  absl::Time begun_;
  // How long the delay has been too long.
  absl::Duration late_for_;
  double share_ = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_READ_LOAD_SHEDDING_H_
