#include "dataplane/quota/rate_bucket.h"

#include <optional>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

const absl::Time kBucketStart = absl::FromUnixSeconds(1'000'000);

// How many of one each it lets through at once.
int TakeAll(RateBucket& bucket, absl::Time now) {
  int taken = 0;
  while (!bucket.Take(1, now).has_value()) ++taken;
  return taken;
}

TEST(RateBucketTest, ANewOneHoldsASecondsWorth) {
  RateBucket bucket(600, kBucketStart);
  EXPECT_EQ(TakeAll(bucket, kBucketStart), 10);
}

TEST(RateBucketTest, AFullOneHoldsTenSecondsWorth) {
  RateBucket bucket(600, kBucketStart);
  EXPECT_EQ(TakeAll(bucket, kBucketStart + absl::Minutes(1)), 100);
}

TEST(RateBucketTest, ASlowOneHoldsOne) {
  RateBucket bucket(1, kBucketStart);
  EXPECT_EQ(TakeAll(bucket, kBucketStart), 1);
  EXPECT_EQ(TakeAll(bucket, kBucketStart + absl::Seconds(59)), 0);
  EXPECT_EQ(TakeAll(bucket, kBucketStart + absl::Seconds(60)), 1);
  // One and a half come, of which the half is kept.
  EXPECT_EQ(TakeAll(bucket, kBucketStart + absl::Seconds(150)), 1);
  EXPECT_EQ(TakeAll(bucket, kBucketStart + absl::Seconds(180)), 1);
}

TEST(RateBucketTest, ItSaysHowLongToWait) {
  RateBucket bucket(600, kBucketStart);
  TakeAll(bucket, kBucketStart);
  EXPECT_EQ(bucket.Take(1, kBucketStart), absl::Milliseconds(100));
  EXPECT_EQ(bucket.Take(5, kBucketStart), absl::Milliseconds(500));
  EXPECT_EQ(bucket.UntilAny(kBucketStart), absl::Milliseconds(100));
  EXPECT_EQ(bucket.UntilFull(kBucketStart), absl::Seconds(10));
}

TEST(RateBucketTest, WhatHasNoRoomGoesThroughWhenItIsFull) {
  RateBucket bucket(600, kBucketStart);
  const absl::Time full = kBucketStart + absl::Seconds(9);
  EXPECT_EQ(bucket.Take(1000, full - absl::Seconds(1)), absl::Seconds(1));
  EXPECT_EQ(bucket.Take(1000, full), std::nullopt);
  // 1000 less the 100 that it held: 90 s of debt, and a tenth for the next.
  EXPECT_EQ(bucket.Take(1, full), absl::Milliseconds(90'100));
}

TEST(RateBucketTest, DebtIsPaidBeforeAnythingElse) {
  RateBucket bucket(600, kBucketStart);
  bucket.Charge(30, kBucketStart);
  EXPECT_EQ(bucket.Level(kBucketStart), -20);
  EXPECT_EQ(bucket.Take(1, kBucketStart + absl::Seconds(2)),
            absl::Milliseconds(100));
  bucket.Charge(-30, kBucketStart + absl::Seconds(2));
  EXPECT_EQ(bucket.Level(kBucketStart + absl::Seconds(2)), 30);
}

TEST(RateBucketTest, AnotherRateMakesNothingAndTakesNothing) {
  RateBucket bucket(600, kBucketStart);
  const absl::Time later = kBucketStart + absl::Seconds(2);  // It holds 30.
  bucket.SetRate(6000, later);
  EXPECT_NEAR(bucket.Level(later), 30, 1e-6);
  // There is room for 10 of them.
  bucket.SetRate(60, later);
  EXPECT_NEAR(bucket.Level(later), 10, 1e-6);
  bucket.SetRate(0, later);
  EXPECT_NEAR(bucket.Level(later), 1.99, 1e-6);
  EXPECT_NEAR(bucket.rate(), 0, 1e-5);
}

TEST(RateBucketTest, WorkersTogetherTakeNoMoreThanThereIs) {
  RateBucket bucket(60'000, kBucketStart);
  std::vector<int> taken(4);
  std::vector<std::thread> workers;
  for (int& count : taken) {
    workers.emplace_back(
        [&bucket, &count] { count = TakeAll(bucket, kBucketStart); });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(taken[0] + taken[1] + taken[2] + taken[3], 1000);
}

}  // namespace
}  // namespace weir::dataplane
