#include "controlplane/ticker.h"

#include <atomic>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

const SystemClock kClock;

TEST(TickerTest, RunsEachTaskAgainAndAgain) {
  absl::BlockingCounter often(5);
  absl::BlockingCounter twice(2);
  std::atomic<int> often_left{5};
  std::atomic<int> twice_left{2};
  Ticker ticker(kClock);
  ticker.Every(absl::Milliseconds(1), [&] {
    if (often_left-- > 0) often.DecrementCount();
  });
  ticker.Every(absl::Milliseconds(3), [&] {
    if (twice_left-- > 0) twice.DecrementCount();
  });
  ticker.Start();
  often.Wait();
  twice.Wait();
}

TEST(TickerTest, TheFirstRunIsAtOnce) {
  absl::Notification ran;
  Ticker ticker(kClock);
  ticker.Every(absl::Hours(1), [&] { ran.Notify(); });
  ticker.Start();
  ran.WaitForNotification();
}

TEST(TickerTest, NothingRunsAfterStop) {
  std::atomic<int> runs{0};
  absl::Notification ran;
  Ticker ticker(kClock);
  ticker.Every(absl::Microseconds(100), [&] {
    if (runs++ == 0) ran.Notify();
  });
  ticker.Start();
  ran.WaitForNotification();
  ticker.Stop();
  const int before = runs;
  ticker.Stop();
  EXPECT_EQ(runs, before);
}

TEST(TickerTest, StopsWithoutHavingBeenStarted) { Ticker(kClock).Stop(); }

}  // namespace
}  // namespace weir::controlplane
