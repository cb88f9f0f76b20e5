#include "common/backoff.h"

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_random.h"

namespace weir {
namespace {

using testing::FakeRandom;

TEST(BackoffTest, CeilingDoublesUpToTheCap) {
  FakeRandom random({0.5});
  Backoff backoff(absl::Seconds(1), absl::Seconds(5), random);
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(500));
  EXPECT_EQ(backoff.Next(), absl::Seconds(1));
  EXPECT_EQ(backoff.Next(), absl::Seconds(2));
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(2500));  // Half of the cap.
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(2500));
}

TEST(BackoffTest, DelayIsAnywhereBelowTheCeiling) {
  FakeRandom random({0.0, 0.25, 0.75});
  Backoff backoff(absl::Seconds(1), absl::Seconds(1), random);
  EXPECT_EQ(backoff.Next(), absl::ZeroDuration());
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(250));
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(750));
}

TEST(BackoffTest, ResetBeginsAgain) {
  FakeRandom random({0.5});
  Backoff backoff(absl::Seconds(1), absl::Seconds(60), random);
  for (int i = 0; i < 4; ++i) backoff.Next();
  backoff.Reset();
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(500));
}

TEST(BackoffTest, ManyFailuresDoNotOverflow) {
  FakeRandom random({0.5});
  Backoff backoff(absl::Seconds(1), absl::Seconds(30), random);
  for (int i = 0; i < 10'000; ++i) backoff.Next();
  EXPECT_EQ(backoff.Next(), absl::Seconds(15));
}

}  // namespace
}  // namespace weir
