// What ends the waiting of a request from outside.
#ifndef WEIR_DATAPLANE_ATTEMPT_INTERRUPT_H_
#define WEIR_DATAPLANE_ATTEMPT_INTERRUPT_H_

#include <functional>
#include <utility>

namespace weir::dataplane {

// One per request. The client's leaving, a deadline or the node's end raise it;
// whoever waits for a provider at that moment has said how to be woken.
//
// Not thread-safe.
class Interrupt {
 public:
  enum class Why { kNone, kTimeout, kClientGone, kShutdown };

  // The gravest reason stays.
  void Raise(Why why) {
    if (why > why_) why_ = why;
    // A copy: an action may end its own scope.
    if (const auto action = action_) action();
  }

  // For the next request.
  void Reset() { why_ = Why::kNone; }

  Why why() const { return why_; }
  bool raised() const { return why_ != Why::kNone; }
  // A deadline concerns one attempt; the other reasons all of them.
  void ForgetTimeout() {
    if (why_ == Why::kTimeout) why_ = Why::kNone;
  }

  // For as long as it lives, Raise() calls `action`. They don't nest.
  class Scope {
   public:
    Scope(Interrupt& interrupt, std::function<void()> action)
        : interrupt_(interrupt) {
      interrupt_.action_ = std::move(action);
    }
    ~Scope() { interrupt_.action_ = nullptr; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Interrupt& interrupt_;
  };

 private:
  Why why_ = Why::kNone;
  std::function<void()> action_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_INTERRUPT_H_
