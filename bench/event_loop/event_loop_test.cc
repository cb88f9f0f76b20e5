#include "bench/event_loop/event_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace weir::bench {
namespace {

using std::chrono::microseconds;
using ::testing::ElementsAre;

class Watching final : public Watcher {
 public:
  explicit Watching(std::function<void(std::uint32_t)> task)
      : task_(std::move(task)) {}
  void OnReady(std::uint32_t events) override { task_(events); }

 private:
  const std::function<void(std::uint32_t)> task_;
};

std::pair<FileDescriptor, FileDescriptor> SocketPair() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()),
            0);
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

class TimerTest : public ::testing::Test {
 protected:
  // A timer that notes its name and, if it is the last, ends the loop.
  std::unique_ptr<Timer> Noting(int name, int last) {
    return std::make_unique<Timer>(loop_, [this, name, last] {
      ran_.push_back(name);
      if (name == last) loop_.Stop();
    });
  }

  EventLoop loop_;
  std::vector<int> ran_;
};

TEST_F(TimerTest, TimersRunInTheOrderOfTheirTimes) {
  std::vector<std::unique_ptr<Timer>> timers;
  for (const int name : {3, 0, 4, 1, 2}) {
    timers.push_back(Noting(name, 4));
    timers.back()->Arm(loop_.now() + microseconds(100 * name));
  }
  loop_.Run();
  EXPECT_THAT(ran_, ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(TimerTest, ArmingAgainReplacesTheTime) {
  const auto first = Noting(1, 0);
  const auto second = Noting(2, 2);
  first->Arm(loop_.now() + microseconds(1));
  second->Arm(loop_.now() + microseconds(500));
  first->Arm(loop_.now() + std::chrono::hours(1));
  loop_.Run();
  EXPECT_THAT(ran_, ElementsAre(2));
  EXPECT_TRUE(first->armed());
  EXPECT_FALSE(second->armed());
}

TEST_F(TimerTest, ACancelledTimerDoesNotRunNorDoesADestroyedOne) {
  auto cancelled = Noting(1, 0);
  auto destroyed = Noting(2, 0);
  const auto last = Noting(3, 3);
  cancelled->ArmAfter(microseconds(1));
  destroyed->ArmAfter(microseconds(2));
  last->ArmAfter(microseconds(3));
  cancelled->Cancel();
  destroyed.reset();
  loop_.Run();
  EXPECT_THAT(ran_, ElementsAre(3));
}

TEST_F(TimerTest, ATimerMayArmItselfAgain) {
  int left = 3;
  Timer* self = nullptr;
  Timer timer(loop_, [&] {
    ran_.push_back(left);
    if (--left == 0) return loop_.Stop();
    self->ArmAfter(microseconds(10));
  });
  self = &timer;
  timer.ArmAfter(microseconds(10));
  loop_.Run();
  EXPECT_THAT(ran_, ElementsAre(3, 2, 1));
}

// The heap keeps its order through removals at every place.
TEST_F(TimerTest, AnyTimerMayBeCancelledAmongMany) {
  constexpr int kTimers = 64;
  for (int cancelled = 0; cancelled < kTimers; ++cancelled) {
    EventLoop loop;
    std::vector<int> ran;
    std::vector<std::unique_ptr<Timer>> timers;
    for (int i = 0; i < kTimers; ++i) {
      // 37 is prime to 64, so every name comes once, in disorder.
      const int name = (i * 37) % kTimers;
      timers.push_back(
          std::make_unique<Timer>(loop, [&ran, name] { ran.push_back(name); }));
      timers.back()->Arm(loop.now() + Nanoseconds(name));
    }
    Timer last(loop, [&loop] { loop.Stop(); });
    last.Arm(loop.now() + Nanoseconds(kTimers));
    timers[cancelled]->Cancel();
    loop.Run();
    EXPECT_EQ(ran.size(), kTimers - 1U);
    EXPECT_TRUE(std::is_sorted(ran.begin(), ran.end()));
  }
}

TEST(EventLoopTest, TellsOfReadinessAndOfThePeersEnd) {
  EventLoop loop;
  auto [near, far] = SocketPair();
  std::uint32_t seen = 0;
  Watching watcher([&, far = &far](std::uint32_t events) {
    seen |= events;
    if ((events & EPOLLRDHUP) != 0) return loop.Stop();
    far->Close();
  });
  loop.Watch(near, watcher);
  ASSERT_EQ(::send(far.get(), "x", 1, 0), 1);
  loop.Run();
  EXPECT_NE(seen & EPOLLIN, 0U);
  EXPECT_NE(seen & EPOLLOUT, 0U);
  EXPECT_NE(seen & EPOLLRDHUP, 0U);
}

TEST(EventLoopTest, TasksAtTheEndOfATurnRunAfterItsTimers) {
  EventLoop loop;
  std::vector<int> order;
  Timer first(loop, [&] {
    loop.AtTurnEnd([&] {
      order.push_back(3);
      loop.AtTurnEnd([&] { order.push_back(4), loop.Stop(); });
    });
    order.push_back(1);
  });
  Timer second(loop, [&] { order.push_back(2); });
  first.Arm(loop.now());
  second.Arm(loop.now() + Nanoseconds(1));
  loop.Run();
  EXPECT_THAT(order, ElementsAre(1, 2, 3, 4));
}

TEST(EventLoopTest, AnotherThreadMayStopALoopThatWaits) {
  EventLoop loop;
  std::thread thread([&] { loop.Run(); });
  loop.Stop();
  thread.join();
}

}  // namespace
}  // namespace weir::bench
