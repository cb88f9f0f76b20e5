#include "common/latency_sketch.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir {
namespace {

double QuantileMs(const LatencySketch& sketch, double q) {
  return absl::ToDoubleMilliseconds(sketch.Quantile(q).value());
}

TEST(LatencySketchTest, EmptyHasNoQuantile) {
  EXPECT_EQ(LatencySketch().Quantile(0.5), std::nullopt);
  EXPECT_EQ(LatencySketch().count(), 0u);
}

struct Placed {
  absl::Duration latency;
  std::size_t bucket;
};

class LatencySketchBucketTest : public ::testing::TestWithParam<Placed> {};

TEST_P(LatencySketchBucketTest, LatencyFallsIntoItsBucket) {
  LatencySketch sketch;
  sketch.Add(GetParam().latency);
  EXPECT_EQ(sketch.bucket(GetParam().bucket), 1u);
  EXPECT_EQ(sketch.count(), 1u);
}

INSTANTIATE_TEST_SUITE_P(
    Table, LatencySketchBucketTest,
    ::testing::ValuesIn<Placed>({
        {-absl::Seconds(1), 0},
        {-absl::InfiniteDuration(), 0},
        {absl::ZeroDuration(), 0},
        {absl::Milliseconds(1), 0},
        {absl::Microseconds(1099), 0},
        {absl::Microseconds(1101), 1},
        {absl::Milliseconds(10), 24},  // 1.1^24 = 9.85, 1.1^25 = 10.83
        {absl::Seconds(1), 72},        // 1.1^72 = 955, 1.1^73 = 1051
        {absl::Hours(1), 143},
        {absl::InfiniteDuration(), 143},
    }));

TEST(LatencySketchTest, QuantileIsWithinFivePercent) {
  for (double ms = 1.0; ms < 900'000; ms *= 1.037) {
    LatencySketch sketch;
    sketch.Add(absl::Milliseconds(ms));
    EXPECT_NEAR(QuantileMs(sketch, 0.5) / ms, 1.0, 0.05) << ms;
  }
}

TEST(LatencySketchTest, QuantilesDivideTheCounts) {
  LatencySketch sketch;
  for (int ms = 1; ms <= 1000; ++ms) sketch.Add(absl::Milliseconds(ms));
  EXPECT_NEAR(QuantileMs(sketch, 0.5), 500, 25);
  EXPECT_NEAR(QuantileMs(sketch, 0.95), 950, 48);
  EXPECT_NEAR(QuantileMs(sketch, 0.0), 1, 0.05);
  EXPECT_NEAR(QuantileMs(sketch, 1.0), 1000, 50);
  // Out of range is the nearest end.
  EXPECT_EQ(QuantileMs(sketch, -1.0), QuantileMs(sketch, 0.0));
  EXPECT_EQ(QuantileMs(sketch, 2.0), QuantileMs(sketch, 1.0));
}

TEST(LatencySketchTest, RareSlownessShowsInTheTailOnly) {
  LatencySketch sketch;
  for (int i = 0; i < 98; ++i) sketch.Add(absl::Milliseconds(10));
  for (int i = 0; i < 2; ++i) sketch.Add(absl::Seconds(10));
  EXPECT_NEAR(QuantileMs(sketch, 0.5), 10, 0.5);
  EXPECT_NEAR(QuantileMs(sketch, 0.95), 10, 0.5);
  EXPECT_NEAR(QuantileMs(sketch, 0.99), 10'000, 500);
}

TEST(LatencySketchTest, PeersBucketsOutOfRangeAreIgnored) {
  LatencySketch sketch;
  sketch.AddToBucket(LatencySketch::kBuckets, 7);
  sketch.AddToBucket(std::numeric_limits<std::size_t>::max(), 7);
  EXPECT_EQ(sketch.count(), 0u);
  sketch.AddToBucket(LatencySketch::kBuckets - 1, 7);
  EXPECT_EQ(sketch.count(), 7u);
  EXPECT_EQ(sketch.bucket(LatencySketch::kBuckets - 1), 7u);
}

TEST(LatencySketchTest, MergeAddsBucketByBucket) {
  LatencySketch a;
  a.AddToBucket(3, 1);
  LatencySketch b;
  b.AddToBucket(3, 2);
  b.AddToBucket(5, 4);
  a.Merge(b);
  EXPECT_EQ(a.bucket(3), 3u);
  EXPECT_EQ(a.bucket(5), 4u);
  EXPECT_EQ(a.count(), 7u);
}

TEST(LatencySketchTest, SinceIsWhatCameBetween) {
  LatencySketch earlier;
  earlier.AddToBucket(3, 10);
  LatencySketch later = earlier;
  EXPECT_EQ(later.Since(earlier).count(), 0u);
  later.AddToBucket(3, 1);
  later.AddToBucket(9, 2);
  const LatencySketch between = later.Since(earlier);
  EXPECT_EQ(between.bucket(3), 1u);
  EXPECT_EQ(between.bucket(9), 2u);
  EXPECT_EQ(between.count(), 3u);
}

TEST(LatencySketchTest, SinceAnotherLifeIsEverything) {
  LatencySketch before_restart;
  before_restart.AddToBucket(3, 10);
  LatencySketch after_restart;
  after_restart.AddToBucket(3, 4);
  after_restart.AddToBucket(2, 1);
  const LatencySketch since = after_restart.Since(before_restart);
  EXPECT_EQ(since.bucket(3), 4u);
  EXPECT_EQ(since.bucket(2), 1u);
  EXPECT_EQ(since.count(), 5u);
}

}  // namespace
}  // namespace weir
