#include "common/clock.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir {
namespace {

TEST(SystemClockTest, NowNeverGoesBack) {
  const SystemClock clock;
  absl::Time last = clock.Now();
  for (int i = 0; i < 10'000; ++i) {
    const absl::Time now = clock.Now();
    ASSERT_GE(now, last);
    last = now;
  }
  EXPECT_GT(last, absl::UnixEpoch());
}

TEST(SystemClockTest, AllClocksShareOneNow) {
  const SystemClock first;
  const SystemClock second;
  const absl::Time before = first.Now();
  const absl::Time between = second.Now();
  EXPECT_LE(before, between);
  EXPECT_LE(between, first.Now());
}

// The longest between two ticks of a kernel.
constexpr absl::Duration kTick = absl::Milliseconds(10);

TEST(SystemClockTest, RoughNowIsATickBehindAtMost) {
  const SystemClock clock;
  const absl::Time before = clock.Now();
  const absl::Time rough = clock.RoughNow();
  EXPECT_LE(before - kTick, rough);
  EXPECT_LE(rough, clock.Now());
}

TEST(SystemClockTest, WallNowIsTheMachinesTime) {
  const SystemClock clock;
  const absl::Time before = absl::Now();
  const absl::Time now = clock.WallNow();
  EXPECT_LE(before - kTick, now);
  EXPECT_LE(now, absl::Now());
}

}  // namespace
}  // namespace weir
