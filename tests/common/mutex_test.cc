#include "common/mutex.h"

#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir {
namespace {

struct Counter {
  Mutex mutex;
  CondVar changed;
  int value ABSL_GUARDED_BY(mutex) = 0;
};

TEST(MutexTest, KeepsThreadsApart) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 10'000;
  Counter counter;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&counter] {
      for (int n = 0; n < kRounds; ++n) {
        MutexLock lock(&counter.mutex);
        ++counter.value;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  MutexLock lock(&counter.mutex);
  EXPECT_EQ(counter.value, kThreads * kRounds);
}

TEST(CondVarTest, SignalWakesEveryWaiter) {
  Counter counter;
  std::vector<std::thread> waiters;
  for (int i = 0; i < 3; ++i) {
    waiters.emplace_back([&counter] {
      MutexLock lock(&counter.mutex);
      while (counter.value == 0) counter.changed.Wait(&counter.mutex);
    });
  }
  {
    MutexLock lock(&counter.mutex);
    counter.value = 1;
    counter.changed.SignalAll();
  }
  for (std::thread& waiter : waiters) waiter.join();
}

// Two threads take turns, so each wait really gives the mutex up and takes it
// back.
TEST(CondVarTest, WaitGivesTheMutexUpMeanwhile) {
  constexpr int kTurns = 1'000;
  Counter counter;
  const auto play = [&counter](int parity) {
    MutexLock lock(&counter.mutex);
    while (counter.value < kTurns) {
      if (counter.value % 2 == parity) {
        ++counter.value;
        counter.changed.SignalAll();
      } else {
        counter.changed.WaitFor(&counter.mutex, absl::Seconds(30));
      }
    }
  };
  std::thread even(play, 0);
  play(1);
  even.join();
  MutexLock lock(&counter.mutex);
  EXPECT_EQ(counter.value, kTurns);
}

TEST(CondVarTest, WaitForEndsWithoutASignal) {
  Counter counter;
  MutexLock lock(&counter.mutex);
  counter.changed.WaitFor(&counter.mutex, absl::Milliseconds(1));
  counter.changed.WaitFor(&counter.mutex, absl::ZeroDuration());
}

}  // namespace
}  // namespace weir
