// A coroutine of the request path.
#ifndef WEIR_DATAPLANE_IO_TASK_H_
#define WEIR_DATAPLANE_IO_TASK_H_

#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "dataplane/io/recycled.h"

namespace weir::dataplane::io {

template <typename T>
class Task;

namespace task_internal {

struct PromiseBase : Recycled {
  // Whoever awaits it and has been suspended; null while the task runs on its
  // awaiter's stack.
  std::coroutine_handle<> awaiting;
  std::exception_ptr thrown;

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    std::coroutine_handle<> await_suspend(
        std::coroutine_handle<Promise> ended) noexcept {
      const std::coroutine_handle<> waiter = ended.promise().awaiting;
      return waiter ? waiter : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };

  std::suspend_never initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() { thrown = std::current_exception(); }
};

template <typename T>
struct Promise : PromiseBase {
  std::optional<T> value;

  Task<T> get_return_object();
  template <typename U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() const {}
};

}  // namespace task_internal

// Begins when it is called and runs on its caller's stack until it has to wait:
// one that need not wait costs little more than a function. Whoever wakes what
// it waits for runs it to its next wait. Compared with asio::awaitable there is
// no executor, no cancellation slot and no chain of frames to keep, which are
// most of what that costs.
//
// It ends by itself: what it waits for is told to come to an end (a stream is
// closed, an Interrupt is raised). Destroying one that waits is for tests.
//
// Not thread-safe; lives on one loop.
template <typename T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = task_internal::Promise<T>;

  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~Task() {
    if (frame_) frame_.destroy();
  }

  // For `co_await`.
  bool await_ready() const { return frame_.done(); }
  void await_suspend(std::coroutine_handle<> awaiting) {
    frame_.promise().awaiting = awaiting;
  }
  T await_resume() { return Result(); }

  // For those who are no coroutines.
  bool ended() const { return frame_.done(); }
  // Rethrows what it has thrown. REQUIRES: it has ended.
  T Result() {
    promise_type& promise = frame_.promise();
    if (promise.thrown) std::rethrow_exception(promise.thrown);
    if constexpr (!std::is_void_v<T>) return *std::move(promise.value);
  }

 private:
  friend promise_type;
  explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}

  std::coroutine_handle<promise_type> frame_;
};

namespace task_internal {

template <typename T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

// Belongs to nobody: is gone when it ends.
struct Root {
  struct promise_type {
    Root get_return_object() const { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const {}
    void unhandled_exception() const { std::terminate(); }
  };
};

}  // namespace task_internal

// Lets `task` go on by itself and then calls `on_end` with what it has thrown,
// if anything. `on_end` may destroy what the task referred to.
inline task_internal::Root Spawn(
    Task<void> task, std::function<void(std::exception_ptr)> on_end) {
  std::exception_ptr thrown;
  try {
    co_await task;
  } catch (...) {
    thrown = std::current_exception();
  }
  on_end(thrown);
}

}  // namespace weir::dataplane::io

#endif  // WEIR_DATAPLANE_IO_TASK_H_
