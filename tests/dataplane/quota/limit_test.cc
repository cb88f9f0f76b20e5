#include "dataplane/quota/limit.h"

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'000'000);

class RateLimitTest : public ::testing::Test {
 protected:
  Limit limit_{"key/demo/rpm", LimitKind::kRequests, 600, kStart};
};

TEST_F(RateLimitTest, UntilTheControlPlaneSpeaksItIsAlone) {
  EXPECT_EQ(limit_.share(), 600);
  limit_.Refresh(4, kStart + absl::Hours(1));
  EXPECT_EQ(limit_.share(), 600);
}

TEST_F(RateLimitTest, WithoutALeaseItHasAnEvenPart) {
  limit_.OnNoLease(4, kStart);
  EXPECT_NEAR(limit_.share(), 150, 1e-6);
}

TEST_F(RateLimitTest, ALeaseThatEndsIsNeverLessThanAnEvenPart) {
  const absl::Time end = kStart + absl::Seconds(10);
  limit_.OnLease(20, end, kStart);
  limit_.Refresh(4, end - absl::Seconds(1));
  EXPECT_NEAR(limit_.share(), 20, 1e-6);
  limit_.Refresh(4, end);
  EXPECT_NEAR(limit_.share(), 150, 1e-6);
}

TEST_F(RateLimitTest, ALargeLeaseOutlivesTheControlPlane) {
  limit_.OnLease(500, kStart + absl::Seconds(10), kStart);
  limit_.Refresh(4, kStart + absl::Hours(1));
  EXPECT_NEAR(limit_.share(), 500, 1e-6);
}

TEST_F(RateLimitTest, NewsAreToldOnceWhileNothingIsLeased) {
  EXPECT_TRUE(limit_.TakeNews());
  EXPECT_FALSE(limit_.TakeNews());
  limit_.OnNoLease(4, kStart);
  EXPECT_TRUE(limit_.TakeNews());
  limit_.OnLease(500, kStart + absl::Seconds(10), kStart);
  EXPECT_FALSE(limit_.TakeNews());
}

TEST_F(RateLimitTest, WantedIsCountedWhateverBecomesOfIt) {
  for (int i = 0; i < 12; ++i) limit_.Take(1, kStart);
  EXPECT_EQ(limit_.wanted(), 12);
  EXPECT_EQ(limit_.refused(), 2);
  EXPECT_EQ(limit_.Remaining(kStart + absl::Milliseconds(250)), 2);
}

TEST_F(RateLimitTest, AnotherLimitKeepsThePart) {
  limit_.OnLease(300, kStart + absl::Seconds(10), kStart);
  limit_.SetCapacity(1200, kStart);
  EXPECT_NEAR(limit_.share(), 600, 1e-6);
  EXPECT_EQ(limit_.capacity(), 1200);
}

TEST(PlaceLimitTest, PlacesComeBack) {
  Limit limit("key/demo/concurrent", LimitKind::kConcurrent, 2, kStart);
  EXPECT_FALSE(limit.Take(1, kStart).has_value());
  EXPECT_FALSE(limit.Take(1, kStart).has_value());
  EXPECT_TRUE(limit.Take(1, kStart).has_value());
  EXPECT_EQ(limit.held(), 2);
  limit.Release();
  EXPECT_FALSE(limit.Take(1, kStart).has_value());
}

TEST(PlaceLimitTest, EveryNodeHasOnePlaceAtLeastWithoutALease) {
  Limit limit("key/demo/concurrent", LimitKind::kConcurrent, 2, kStart);
  limit.OnNoLease(16, kStart);
  EXPECT_EQ(limit.share(), 1);
  limit.OnLease(0, kStart + absl::Seconds(10), kStart);
  EXPECT_TRUE(limit.Take(1, kStart).has_value());
}

TEST(TokenLimitTest, ExpectsWhatWasUsedBefore) {
  Limit limit("key/demo/tpm", LimitKind::kTokens, 60'000, kStart);
  EXPECT_EQ(limit.expected(), 250);
  limit.NoteUsed(1250);
  EXPECT_EQ(limit.expected(), 350);
}

}  // namespace
}  // namespace weir::dataplane
