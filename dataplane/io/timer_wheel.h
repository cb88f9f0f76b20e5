// Thousands of deadlines behind one timer.
#ifndef WEIR_DATAPLANE_IO_TIMER_WHEEL_H_
#define WEIR_DATAPLANE_IO_TIMER_WHEEL_H_

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"
#include "common/clock.h"

namespace weir::dataplane::io {

// A hashed wheel (Varghese and Lauck 1987) with a tick of 25 ms, which is how
// late a deadline may be noticed. Moving a deadline further away is one store:
// a connection does it with every read.
//
// Not thread-safe: everything happens on the loop.
class TimerWheel {
 public:
  // One deadline. Is in no wheel after destruction.
  class Timer {
   public:
    // `on_expiry` is called with `context`, once a Set().
    Timer(TimerWheel& wheel, void (*on_expiry)(void*), void* context)
        : wheel_(wheel), on_expiry_(on_expiry), context_(context) {}
    ~Timer() { Cancel(); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    void Set(absl::Time deadline);
    void Cancel();

   private:
    friend class TimerWheel;
    void Unlink();

    TimerWheel& wheel_;
    void (*const on_expiry_)(void*);
    void* const context_;
    absl::Time deadline_ = absl::InfiniteFuture();
    // Its place in a slot's list; null where it is in none.
    Timer* next_ = nullptr;
    Timer** link_ = nullptr;
    // The tick at which the slot is looked at, and its time.
    std::uint64_t tick_ = 0;
    absl::Time looked_at_;
  };

  // `clock` and `context` outlive this.
  TimerWheel(boost::asio::io_context& context, const Clock& clock);

  absl::Time Now() const { return clock_.Now(); }
  // For what is seconds away: Clock::RoughNow().
  absl::Time RoughNow() const { return clock_.RoughNow(); }

  // Stops ticking; no deadline expires any more.
  void Stop();

 private:
  static constexpr std::size_t kSlots = 1024;
  static constexpr std::int64_t kTickNanos = 25'000'000;

  std::uint64_t TickOf(absl::Time time) const;
  void Link(Timer& timer);
  void Advance();
  void ScheduleTick();

  const Clock& clock_;
  boost::asio::steady_timer tick_timer_;
  // On `clock_`, in nanoseconds.
  const std::int64_t start_;
  std::uint64_t current_tick_ = 0;
  std::size_t linked_ = 0;
  bool ticking_ = false;
  bool stopped_ = false;
  std::array<Timer*, kSlots> slots_{};
};

}  // namespace weir::dataplane::io

#endif  // WEIR_DATAPLANE_IO_TIMER_WHEEL_H_
