// What ends the waiting of a request from outside.
#ifndef WEIR_DATAPLANE_ATTEMPT_INTERRUPT_H_
#define WEIR_DATAPLANE_ATTEMPT_INTERRUPT_H_

#include "absl/time/time.h"
#include "dataplane/io/timer_wheel.h"

namespace weir::dataplane {

// One per request, and one more for each of two attempts that race. The
// client's leaving, a deadline or the node's end raise it; whoever waits for a
// provider at that moment has said how to be woken.
//
// Not thread-safe.
class Interrupt {
 public:
  enum class Why {
    kNone,
    kTimeout,
    // Another attempt of the request was quicker.
    kOutrun,
    kClientGone,
    kShutdown
  };

  // `wheel` outlives this.
  explicit Interrupt(io::TimerWheel& wheel)
      : deadline_(
            wheel,
            [](void* self) {
              static_cast<Interrupt*>(self)->Raise(Why::kTimeout);
            },
            this) {}

  // Raises kTimeout then, in place of what was said before; InfiniteFuture for
  // never. Moving the deadline on is one store, so it is kept from request to
  // request.
  void ExpireAt(absl::Time deadline) { deadline_.Set(deadline); }

  // The gravest reason stays.
  void Raise(Why why) {
    if (why > why_) why_ = why;
    // A copy: an action may end its own scope.
    if (const Action action = action_; action.call != nullptr) {
      action.call(action.whom);
    }
  }

  // For the next request.
  void Reset() { why_ = Why::kNone; }

  Why why() const { return why_; }
  bool raised() const { return why_ != Why::kNone; }
  // A deadline concerns one attempt; the other reasons all of them.
  void ForgetTimeout() {
    if (why_ == Why::kTimeout) why_ = Why::kNone;
  }

  // Two words: every wait for a provider has one.
  struct Action {
    void (*call)(void*) = nullptr;
    void* whom = nullptr;
  };

  // For as long as it lives, Raise() does `action`. They don't nest.
  class Scope {
   public:
    Scope(Interrupt& interrupt, Action action) : interrupt_(interrupt) {
      interrupt_.action_ = action;
    }
    ~Scope() { interrupt_.action_ = {}; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Interrupt& interrupt_;
  };

 private:
  Why why_ = Why::kNone;
  Action action_;
  io::TimerWheel::Timer deadline_;
};

// Whether an attempt that ended for that reason says nothing of its provider.
inline bool IsNobodysFault(Interrupt::Why why) {
  return why > Interrupt::Why::kTimeout;
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_INTERRUPT_H_
