#include "bench/event_loop/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace weir::bench {
namespace {

constexpr std::size_t kEventsATurn = 512;

std::optional<timespec> Until(std::optional<TimePoint> when) {
  if (!when) return std::nullopt;
  const auto left = std::max(
      Nanoseconds(0), Nanoseconds(*when - std::chrono::steady_clock::now()));
  return timespec{.tv_sec = left.count() / 1'000'000'000,
                  .tv_nsec = left.count() % 1'000'000'000};
}

}  // namespace

EventLoop::EventLoop()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      now_(std::chrono::steady_clock::now()) {
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
}

EventLoop::~EventLoop() = default;

void EventLoop::Watch(const FileDescriptor& fd, Watcher& watcher) {
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                    .data = {.ptr = &watcher}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd.get(), &event);
}

void EventLoop::AtTurnEnd(std::function<void()> task) {
  turn_end_.push_back(std::move(task));
}

void EventLoop::Run() {
  // Timers are exact to the microsecond instead of the usual 50.
  ::prctl(PR_SET_TIMERSLACK, 1);
  while (!stopping_.load(std::memory_order_relaxed)) Turn();
}

void EventLoop::Stop() {
  stopping_.store(true, std::memory_order_relaxed);
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written =
      ::write(wake_.get(), &one, sizeof(one));
}

void EventLoop::Turn() {
  std::array<epoll_event, kEventsATurn> events;
  const std::optional<timespec> wait =
      Until(heap_.empty() ? std::nullopt
                          : std::optional<TimePoint>(heap_.front().when));
  const int count = ::epoll_pwait2(epoll_.get(), events.data(), events.size(),
                                   wait ? &*wait : nullptr, nullptr);
  now_ = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) {
    // The wake-up alone has no watcher; Run() looks at what it is about.
    auto* watcher = static_cast<Watcher*>(events[i].data.ptr);
    if (watcher != nullptr) watcher->OnReady(events[i].events);
  }
  RunTimers();
  while (!turn_end_.empty()) {
    for (const auto& task : std::exchange(turn_end_, {})) task();
  }
}

void EventLoop::RunTimers() {
  while (!heap_.empty() && heap_.front().when <= now_) {
    Timer& timer = *heap_.front().timer;
    Remove(timer);
    timer.task_();
  }
}

void EventLoop::Insert(Timer& timer, TimePoint when) {
  heap_.emplace_back();
  SiftUp(heap_.size() - 1, Entry{when, &timer});
}

void EventLoop::Remove(Timer& timer) {
  const std::size_t hole = *std::exchange(timer.index_, std::nullopt);
  const Entry last = heap_.back();
  heap_.pop_back();
  if (hole == heap_.size()) return;
  if (hole > 0 && last.when < heap_[(hole - 1) / 2].when) {
    SiftUp(hole, last);
  } else {
    SiftDown(hole, last);
  }
}

void EventLoop::Place(std::size_t index, Entry entry) {
  heap_[index] = entry;
  entry.timer->index_ = index;
}

void EventLoop::SiftUp(std::size_t index, Entry entry) {
  while (index > 0) {
    const std::size_t parent = (index - 1) / 2;
    if (heap_[parent].when <= entry.when) break;
    Place(index, heap_[parent]);
    index = parent;
  }
  Place(index, entry);
}

void EventLoop::SiftDown(std::size_t index, Entry entry) {
  for (;;) {
    std::size_t child = 2 * index + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1].when < heap_[child].when) {
      ++child;
    }
    if (entry.when <= heap_[child].when) break;
    Place(index, heap_[child]);
    index = child;
  }
  Place(index, entry);
}

Timer::Timer(EventLoop& loop, std::function<void()> task)
    : loop_(loop), task_(std::move(task)) {}

void Timer::Arm(TimePoint when) {
  Cancel();
  loop_.Insert(*this, when);
}

void Timer::Cancel() {
  if (armed()) loop_.Remove(*this);
}

}  // namespace weir::bench
