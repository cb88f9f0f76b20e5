// One coroutine waits, a callback wakes it.
#ifndef WEIR_DATAPLANE_IO_WAKEUP_H_
#define WEIR_DATAPLANE_IO_WAKEUP_H_

#include <coroutine>
#include <utility>

namespace weir::dataplane::io {

// Not thread-safe; waiter and waker are on one loop. Outlives who waits.
class Wakeup {
 public:
  // `co_await wakeup.Wait()` returns after the Notify() that follows. REQUIRES:
  // nobody waits already.
  auto Wait() {
    struct Awaiter {
      Wakeup& wakeup;
      bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> waiter) {
        wakeup.waiter_ = waiter;
      }
      void await_resume() const {}
    };
    return Awaiter{*this};
  }

  // Resumes the waiter, if there is one, before it returns. The waiter may
  // destroy this object: call it last.
  void Notify() {
    if (waiter_) std::exchange(waiter_, nullptr).resume();
  }

  bool has_waiter() const { return static_cast<bool>(waiter_); }

 private:
  std::coroutine_handle<> waiter_;
};

}  // namespace weir::dataplane::io

#endif  // WEIR_DATAPLANE_IO_WAKEUP_H_
