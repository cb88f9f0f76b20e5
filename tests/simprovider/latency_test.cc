#include "tests/simprovider/latency.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/random.h"
#include "tests/testing/fake_random.h"
#include "tests/testing/status_matchers.h"

namespace weir::simprovider {
namespace {

using weir::testing::FakeRandom;
using weir::testing::StatusIs;

absl::Duration SampleAt(const char* text, double uniform) {
  FakeRandom random({uniform});
  return Latency::Parse(text)->Sample(random);
}

TEST(LatencyTest, WithoutOneThereIsNone) {
  FakeRandom random;
  EXPECT_EQ(Latency().Sample(random), absl::ZeroDuration());
  EXPECT_EQ(Latency().text(), "0s");
}

TEST(LatencyTest, AConstantIsItself) {
  EXPECT_EQ(SampleAt("20ms", 0.9), absl::Milliseconds(20));
}

TEST(LatencyTest, UniformCoversItsBounds) {
  EXPECT_EQ(SampleAt("uniform:10ms-50ms", 0.0), absl::Milliseconds(10));
  EXPECT_EQ(SampleAt("uniform:10ms-50ms", 0.25), absl::Milliseconds(20));
  EXPECT_LT(SampleAt("uniform:10ms-50ms", 0.999), absl::Milliseconds(50));
}

// -ln(1 - u) is 0 at 0 and ln 2 at the median.
TEST(LatencyTest, ExponentialHasItsMedianAtLogTwo) {
  EXPECT_EQ(SampleAt("exp:10ms", 0.0), absl::ZeroDuration());
  EXPECT_NEAR(absl::ToDoubleMilliseconds(SampleAt("exp:10ms", 0.5)), 6.931,
              0.001);
}

TEST(LatencyTest, LogNormalHitsItsTwoQuantiles) {
  const auto latency = *Latency::Parse("lognormal:p50=20ms,p99=200ms");
  SystemRandom random;
  std::vector<absl::Duration> samples(100'000);
  for (absl::Duration& sample : samples) sample = latency.Sample(random);
  std::sort(samples.begin(), samples.end());
  // Wide enough never to fail by chance: 1 % and 9 % are over ten sigma.
  EXPECT_NEAR(absl::ToDoubleMilliseconds(samples[50'000]), 20.0, 1.0);
  EXPECT_NEAR(absl::ToDoubleMilliseconds(samples[99'000]), 200.0, 25.0);
}

TEST(LatencyTest, KeepsItsText) {
  EXPECT_EQ(Latency::Parse("uniform:1ms-2ms")->text(), "uniform:1ms-2ms");
}

TEST(LatencyTest, WhatIsNoLatencyIsRefused) {
  for (const char* wrong :
       {"", "20", "-1ms", "inf", "uniform:10ms", "uniform:50ms-10ms",
        "exp:", "exp:-1s", "lognormal:p50=20ms", "lognormal:p50=0s,p99=1s",
        "lognormal:p50=2s,p99=1s", "normal:1s"}) {
    EXPECT_THAT(Latency::Parse(wrong),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << wrong;
  }
}

}  // namespace
}  // namespace weir::simprovider
