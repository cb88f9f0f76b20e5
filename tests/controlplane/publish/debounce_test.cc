#include "controlplane/publish/debounce.h"

#include <vector>

#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

constexpr absl::Time kDebounceStart = absl::UnixEpoch();

absl::Time AfterStart(int milliseconds) {
  return kDebounceStart + absl::Milliseconds(milliseconds);
}

TEST(DebounceTest, WithoutAChangeNothingIsDue) {
  Debounce debounce(absl::Milliseconds(100), absl::Seconds(1));
  EXPECT_FALSE(debounce.IsDue(AfterStart(5000)));
}

TEST(DebounceTest, IsDueOnceItHasBeenQuiet) {
  Debounce debounce(absl::Milliseconds(100), absl::Seconds(1));
  debounce.OnChange(AfterStart(0));
  EXPECT_FALSE(debounce.IsDue(AfterStart(99)));
  EXPECT_TRUE(debounce.IsDue(AfterStart(100)));
}

TEST(DebounceTest, EachChangeBeginsTheQuietAnew) {
  Debounce debounce(absl::Milliseconds(100), absl::Seconds(1));
  debounce.OnChange(AfterStart(0));
  debounce.OnChange(AfterStart(90));
  EXPECT_FALSE(debounce.IsDue(AfterStart(189)));
  EXPECT_TRUE(debounce.IsDue(AfterStart(190)));
}

TEST(DebounceTest, ChangesWithoutEndAreNotWaitedForLongerThanTheMost) {
  Debounce debounce(absl::Milliseconds(100), absl::Seconds(1));
  for (int at = 0; at < 1000; at += 50) {
    debounce.OnChange(AfterStart(at));
    EXPECT_FALSE(debounce.IsDue(AfterStart(at))) << at;
  }
  EXPECT_TRUE(debounce.IsDue(AfterStart(1000)));
}

TEST(DebounceTest, AfterAResetItBeginsAnew) {
  Debounce debounce(absl::Milliseconds(100), absl::Seconds(1));
  debounce.OnChange(AfterStart(0));
  debounce.Reset(AfterStart(0));
  EXPECT_FALSE(debounce.IsDue(AfterStart(5000)));
  debounce.OnChange(AfterStart(5000));
  EXPECT_FALSE(debounce.IsDue(AfterStart(5050)));
  EXPECT_TRUE(debounce.IsDue(AfterStart(5100)));
}

TEST(DebounceTest, WhatIsUrgentWaitsForNothing) {
  Debounce debounce(absl::Milliseconds(100), absl::Seconds(1));
  debounce.OnChange(AfterStart(0));
  debounce.OnUrgentChange(AfterStart(10));
  EXPECT_TRUE(debounce.IsDue(AfterStart(10)));
  debounce.Reset(AfterStart(10));
  EXPECT_FALSE(debounce.IsDue(AfterStart(5000)));
}

TEST(DebounceTest, UrgentChangesInARowAreToldTogether) {
  Debounce debounce(absl::Milliseconds(100), absl::Seconds(1));
  debounce.OnUrgentChange(AfterStart(0));
  debounce.Reset(AfterStart(0));
  for (int at = 30; at < 100; at += 30) {
    debounce.OnUrgentChange(AfterStart(at));
    EXPECT_FALSE(debounce.IsDue(AfterStart(at))) << at;
  }
  EXPECT_TRUE(debounce.IsDue(AfterStart(100)));
}

TEST(DebounceTest, AfterUrgentChangesUsualOnesWaitAgain) {
  Debounce debounce(absl::Milliseconds(100), absl::Seconds(1));
  debounce.OnUrgentChange(AfterStart(0));
  debounce.Reset(AfterStart(0));
  debounce.OnChange(AfterStart(500));
  EXPECT_FALSE(debounce.IsDue(AfterStart(599)));
  EXPECT_TRUE(debounce.IsDue(AfterStart(600)));
}

}  // namespace
}  // namespace weir::controlplane
