#include "controlplane/health/request_rate.h"

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

TEST(RequestRateTest, CountsTheLastMinute) {
  // At the beginning of a slot.
  const absl::Time start = absl::FromUnixSeconds(1000);
  RequestRate rate;
  EXPECT_EQ(rate.LastMinute(start), 0u);
  for (int second = 0; second < 120; ++second) {
    rate.Add(start + absl::Seconds(second), 2);
  }
  EXPECT_EQ(rate.LastMinute(start + absl::Seconds(119)), 120u);
  EXPECT_EQ(rate.LastMinute(start + absl::Seconds(144)), 70u);
  EXPECT_EQ(rate.LastMinute(start + absl::Seconds(200)), 0u);
}

TEST(RequestRateTest, ASlotThatComesRoundBeginsAnew) {
  const absl::Time start = absl::FromUnixSeconds(1000);
  RequestRate rate;
  rate.Add(start, 5);
  rate.Add(start + absl::Seconds(60), 1);
  EXPECT_EQ(rate.LastMinute(start + absl::Seconds(60)), 1u);
}

}  // namespace
}  // namespace weir::controlplane
