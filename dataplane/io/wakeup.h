// One coroutine waits, a callback wakes it.
#ifndef WEIR_DATAPLANE_IO_WAKEUP_H_
#define WEIR_DATAPLANE_IO_WAKEUP_H_

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

namespace weir::dataplane::io {

namespace asio = boost::asio;

// Not thread-safe; waiter and waker are on one loop. If it is destroyed while
// somebody waits, the waiting coroutine is destroyed with it.
class Wakeup {
 public:
  // Returns after the Notify() that follows. REQUIRES: nobody waits already.
  asio::awaitable<void> Wait() {
    return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
        [this](auto handler) { waiter_.emplace(std::move(handler)); },
        asio::use_awaitable);
  }

  // Resumes the waiter, if there is one, before it returns. The waiter may
  // destroy this object: call it last.
  void Notify() {
    if (!waiter_.has_value()) return;
    Handler waiter = *std::move(waiter_);
    waiter_.reset();
    std::move(waiter)();
  }

  bool has_waiter() const { return waiter_.has_value(); }

 private:
  using Handler =
      asio::async_result<asio::use_awaitable_t<>, void()>::handler_type;
  std::optional<Handler> waiter_;
};

}  // namespace weir::dataplane::io

#endif  // WEIR_DATAPLANE_IO_WAKEUP_H_
