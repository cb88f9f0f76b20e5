#include "controlplane/publish/debounce.h"

#include <vector>

#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

constexpr absl::Time kStart = absl::UnixEpoch();

absl::Time At(int milliseconds) {
  return kStart + absl::Milliseconds(milliseconds);
}

TEST(DebounceTest, WithoutAChangeNothingIsDue) {
  Debounce debounce(absl::Milliseconds(100), absl::Seconds(1));
  EXPECT_FALSE(debounce.IsDue(At(5000)));
}

TEST(DebounceTest, IsDueOnceItHasBeenQuiet) {
  Debounce debounce(absl::Milliseconds(100), absl::Seconds(1));
  debounce.OnChange(At(0));
  EXPECT_FALSE(debounce.IsDue(At(99)));
  EXPECT_TRUE(debounce.IsDue(At(100)));
}

TEST(DebounceTest, EachChangeBeginsTheQuietAnew) {
  Debounce debounce(absl::Milliseconds(100), absl::Seconds(1));
  debounce.OnChange(At(0));
  debounce.OnChange(At(90));
  EXPECT_FALSE(debounce.IsDue(At(189)));
  EXPECT_TRUE(debounce.IsDue(At(190)));
}

TEST(DebounceTest, ChangesWithoutEndAreNotWaitedForLongerThanTheMost) {
  Debounce debounce(absl::Milliseconds(100), absl::Seconds(1));
  for (int at = 0; at < 1000; at += 50) {
    debounce.OnChange(At(at));
    EXPECT_FALSE(debounce.IsDue(At(at))) << at;
  }
  EXPECT_TRUE(debounce.IsDue(At(1000)));
}

TEST(DebounceTest, AfterAResetItBeginsAnew) {
  Debounce debounce(absl::Milliseconds(100), absl::Seconds(1));
  debounce.OnChange(At(0));
  debounce.Reset();
  EXPECT_FALSE(debounce.IsDue(At(5000)));
  debounce.OnChange(At(5000));
  EXPECT_FALSE(debounce.IsDue(At(5050)));
  EXPECT_TRUE(debounce.IsDue(At(5100)));
}

}  // namespace
}  // namespace weir::controlplane
