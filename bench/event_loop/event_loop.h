// One thread's epoll loop with timers.
//
// The simulated provider and the load generator run on this and not on Asio, so
// that what is measured is the proxy between them: a request costs them one
// wait, one read and one write.
#ifndef WEIR_BENCH_EVENT_LOOP_EVENT_LOOP_H_
#define WEIR_BENCH_EVENT_LOOP_EVENT_LOOP_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "bench/event_loop/file_descriptor.h"

namespace weir::bench {

using TimePoint = std::chrono::steady_clock::time_point;
using Nanoseconds = std::chrono::nanoseconds;

// Is told what its descriptor is ready for.
class Watcher {
 public:
  virtual ~Watcher() = default;
  // `events`: EPOLLIN, EPOLLOUT, EPOLLRDHUP ... of epoll_ctl(2).
  virtual void OnReady(std::uint32_t events) = 0;
};

class Timer;

// Thread safety: everything but Stop() is for the thread that runs
// the loop, or for before it runs.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Watches for reading, writing and the peer's end, edge-triggered: a watcher
  // that was told must read or write until it would block. Closing the
  // descriptor ends it. `watcher` must live until then, and to the end of the
  // turn (see AtTurnEnd) in which it is closed.
  void Watch(const FileDescriptor& fd, Watcher& watcher);

  // When the current turn began.
  TimePoint now() const { return now_; }

  // `task` runs when the events and timers of this turn have been handled: the
  // place to destroy what may still be on the stack.
  void AtTurnEnd(std::function<void()> task);

  // Runs until Stop().
  void Run();
  // From any thread, and from a signal handler.
  void Stop();

 private:
  friend class Timer;
  struct Entry {
    TimePoint when;
    Timer* timer;
  };

  void Turn();
  void RunTimers();
  void Insert(Timer& timer, TimePoint when);
  void Remove(Timer& timer);
  void Place(std::size_t index, Entry entry);
  void SiftUp(std::size_t index, Entry entry);
  void SiftDown(std::size_t index, Entry entry);

  FileDescriptor epoll_;
  FileDescriptor wake_;
  std::atomic<bool> stopping_ = false;
  TimePoint now_;
  // A binary heap by time; each timer knows its place, so that re-arming costs
  // log n and leaves nothing behind.
  std::vector<Entry> heap_;
  std::vector<std::function<void()>> turn_end_;
};

// Runs its task once, at the time it was last armed for. Ends with its owner.
class Timer {
 public:
  Timer(EventLoop& loop, std::function<void()> task);
  ~Timer() { Cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Replaces an earlier time.
  void Arm(TimePoint when);
  void ArmAfter(Nanoseconds delay) { Arm(loop_.now() + delay); }
  void Cancel();
  bool armed() const { return index_.has_value(); }

 private:
  friend class EventLoop;
  EventLoop& loop_;
  const std::function<void()> task_;
  std::optional<std::size_t> index_;
};

}  // namespace weir::bench

#endif  // WEIR_BENCH_EVENT_LOOP_EVENT_LOOP_H_
