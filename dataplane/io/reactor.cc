#include "dataplane/io/reactor.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <boost/asio/detail/reactor.hpp>
#include <boost/asio/detail/reactor_op.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/system/error_code.hpp>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <system_error>
#include <utility>
#include <vector>

#include "common/mutex.h"

namespace weir::dataplane::io {
namespace {

epoll_event EventFor(Reactor::Listener& listener) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &listener;
  return event;
}

}  // namespace

asio::execution_context::id Reactor::id;

Reactor::Readable::Readable(Reactor& owner)
    : reactor_op(boost::system::error_code(), &Readable::Perform,
                 // Never completes, so there is only something to destroy.
                 [](void*, asio::detail::operation* self,
                    const boost::system::error_code&,
                    std::size_t) { delete static_cast<Readable*>(self); }),
      reactor(owner) {}

asio::detail::reactor_op::status Reactor::Readable::Perform(
    asio::detail::reactor_op* self) {
  static_cast<Readable*>(self)->reactor.Dispatch();
  return not_done;
}

Reactor::Reactor(asio::execution_context& context)
    : asio::execution_context::service(context),
      asio_reactor_(asio::use_service<asio::detail::reactor>(context)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      timer_(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
  if (epoll_ < 0 || wake_ < 0 || timer_ < 0 || !Add(wake_, wake_event_) ||
      !Add(timer_, tick_)) {
    throw std::system_error(errno, std::generic_category(), "epoll_create1");
  }
  asio_reactor_.init_task();
  // Asio deletes it with its queue.
  const int error = asio_reactor_.register_internal_descriptor(
      asio::detail::reactor::read_op, epoll_, registration_,
      new Readable(*this));
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), "epoll_ctl");
  }
}

Reactor::~Reactor() {
  close(timer_);
  close(wake_);
  close(epoll_);
}

void Reactor::Submit(std::function<void()> task) {
  {
    MutexLock lock(&mutex_);
    submitted_.push_back(std::move(task));
    has_submitted_ = true;
  }
  // Each write is an edge, so nobody has to read; it can't overflow in 500
  // years of one a nanosecond.
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof(one));
}

bool Reactor::Add(int descriptor, Listener& listener) {
  epoll_event event = EventFor(listener);
  return epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Reactor::TellAgain(int descriptor, Listener& listener) {
  // Entering it anew makes an edge of what is ready already.
  epoll_event event = EventFor(listener);
  epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event);
}

void Reactor::Remove(int descriptor, const Listener& listener) {
  epoll_event ignored{};
  epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, &ignored);
  // It may stand in the batch that is being told.
  for (std::size_t i = next_; i < count_; ++i) {
    if (ready_[i].data.ptr == &listener) ready_[i].data.ptr = nullptr;
  }
}

void Reactor::Dispatch() {
  asio_is_due_ = false;
  TellReady(Patience::kNone);
  while (count_ > 0 && MayLinger()) {
    SetTicking(true);
    TellReady(Patience::kUntilSomethingIs);
  }
}

void Reactor::Tick::OnReady(std::uint32_t /*events*/) {
  // The kernel sets an interval's next expiry when this one is read.
  std::uint64_t expiries = 0;
  const ssize_t got = read(reactor_.timer_, &expiries, sizeof(expiries));
  if (got <= 0 || !reactor_.ticking_) return;
  reactor_.asio_is_due_ = true;
  if (std::exchange(reactor_.batches_, 0) > 1) return;
  reactor_.SetTicking(false);
  reactor_.turns_to_skip_ = kTurnsAfterNothing;
}

void Reactor::SetTicking(bool ticking) {
  if (ticking == ticking_) return;
  ticking_ = ticking;
  batches_ = 0;
  const timespec interval{
      .tv_sec = 0,
      .tv_nsec = ticking ? std::chrono::nanoseconds(kTick).count() : 0};
  const itimerspec times{interval, interval};
  timerfd_settime(timer_, 0, &times, nullptr);
}

void Reactor::CallSubmitted() {
  std::vector<std::function<void()>> tasks;
  {
    MutexLock lock(&mutex_);
    tasks.swap(submitted_);
    has_submitted_ = false;
  }
  for (const std::function<void()>& task : tasks) task();
}

bool Reactor::MayLinger() {
  if (!lingers_ || asio_is_due_ || guests_ > 0) return false;
  if (turns_to_skip_ == 0) return true;
  --turns_to_skip_;
  return false;
}

void Reactor::TellReady(Patience patience) {
  const int found = epoll_wait(epoll_, ready_.data(), static_cast<int>(kBatch),
                               patience == Patience::kNone ? 0 : -1);
  turn_ = ++last_turn_;
  // What was submitted before a peer spoke comes before what it said.
  if (has_submitted_) CallSubmitted();
  ++batches_;
  next_ = 0;
  count_ = found > 0 ? static_cast<std::size_t>(found) : 0;
  while (next_ < count_) {
    const epoll_event event = ready_[next_++];
    auto* const listener = static_cast<Listener*>(event.data.ptr);
    if (listener != nullptr) listener->OnReady(event.events);
  }
  turn_ = kNoTurn;
  // Asio hears of what becomes ready, not of what is left; timers and tasks
  // have their turn first.
  if (count_ == kBatch) Post([this] { Dispatch(); });
}

}  // namespace weir::dataplane::io
