#include "dataplane/io/timer_wheel.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstdint>

#include "absl/time/time.h"
#include "common/clock.h"

namespace weir::dataplane::io {

TimerWheel::TimerWheel(boost::asio::io_context& context, const Clock& clock)
    : clock_(clock),
      tick_timer_(context),
      start_(absl::ToUnixNanos(clock.Now())) {}

void TimerWheel::Timer::Set(absl::Time deadline) {
  deadline_ = deadline;
  // A timer that is looked at before its deadline is put back then: so later
  // deadlines cost nothing now.
  if (link_ != nullptr && deadline >= looked_at_) return;
  Unlink();
  wheel_.Link(*this);
}

void TimerWheel::Timer::Cancel() {
  deadline_ = absl::InfiniteFuture();
  Unlink();
}

void TimerWheel::Timer::Unlink() {
  if (link_ == nullptr) return;
  *link_ = next_;
  if (next_ != nullptr) next_->link_ = link_;
  link_ = nullptr;
  next_ = nullptr;
  --wheel_.linked_;
}

std::uint64_t TimerWheel::TickOf(absl::Time time) const {
  // Whole nanoseconds: dividing an absl::Duration costs as much as a request's
  // whole plan. InfiniteFuture becomes the largest number, some 292 years away.
  const std::int64_t nanos = absl::ToUnixNanos(time) - start_;
  if (nanos < 0) return 0;
  // Rounded up: never early.
  return static_cast<std::uint64_t>(nanos / kTickNanos) + 1;
}

void TimerWheel::Link(Timer& timer) {
  if (linked_ == 0) {
    // Nobody advanced the wheel while it was empty.
    current_tick_ = std::max(current_tick_, TickOf(clock_.Now()) - 1);
  }
  timer.tick_ = std::clamp(TickOf(timer.deadline_), current_tick_ + 1,
                           current_tick_ + kSlots - 1);
  timer.looked_at_ = absl::FromUnixNanos(
      start_ + static_cast<std::int64_t>(timer.tick_) * kTickNanos);
  Timer*& head = slots_[timer.tick_ % kSlots];
  timer.next_ = head;
  timer.link_ = &head;
  if (head != nullptr) head->link_ = &timer.next_;
  head = &timer;
  ++linked_;
  ScheduleTick();
}

void TimerWheel::ScheduleTick() {
  if (ticking_ || stopped_ || linked_ == 0) return;
  ticking_ = true;
  tick_timer_.expires_after(std::chrono::nanoseconds(kTickNanos));
  tick_timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    ticking_ = false;
    Advance();
    ScheduleTick();
  });
}

void TimerWheel::Advance() {
  const absl::Time now = clock_.Now();
  const std::uint64_t reached = TickOf(now) - 1;
  while (current_tick_ < reached && linked_ > 0) {
    ++current_tick_;
    Timer*& slot = slots_[current_tick_ % kSlots];
    // An expiry may unlink other timers and link new ones, never into the slot
    // of the current tick: so taking the front until it is empty ends.
    while (slot != nullptr) {
      Timer& timer = *slot;
      timer.Unlink();
      if (timer.deadline_ > now) {
        Link(timer);
      } else {
        timer.on_expiry_(timer.context_);
      }
    }
  }
  current_tick_ = std::max(current_tick_, reached);
}

void TimerWheel::Stop() {
  stopped_ = true;
  tick_timer_.cancel();
}

}  // namespace weir::dataplane::io
