#include "controlplane/health/usual_latency.h"

#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

absl::Time At(double seconds) {
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

TEST(UsualLatencyTest, NothingIsSlowWhileNothingIsUsual) {
  EXPECT_EQ(UsualLatency().Factor(absl::Minutes(1)), 1);
}

struct FactorCase {
  std::string name;
  absl::Duration usual;
  absl::Duration current;
  double want;
};

class FactorTest : public ::testing::TestWithParam<FactorCase> {};

TEST_P(FactorTest, FollowsTheTable) {
  UsualLatency latency;
  for (int second = 0; second < 60; ++second) {
    latency.Add(GetParam().usual, At(second));
  }
  EXPECT_NEAR(latency.Factor(GetParam().current), GetParam().want, 1e-9);
}

INSTANTIATE_TEST_SUITE_P(
    Table, FactorTest,
    ::testing::ValuesIn<FactorCase>({
        {"AsUsual", absl::Milliseconds(100), absl::Milliseconds(100), 1},
        {"Faster", absl::Milliseconds(100), absl::Milliseconds(10), 1},
        {"FourTimesSlower", absl::Milliseconds(100), absl::Milliseconds(400),
         1},
        {"EightTimesSlower", absl::Milliseconds(100), absl::Milliseconds(800),
         0.25},
        {"TwentyTimesSlower", absl::Milliseconds(100), absl::Seconds(2), 0.04},
        // A model that thinks for long is well when it does.
        {"SlowAsEver", absl::Seconds(10), absl::Seconds(12), 1},
        // 1 ms counts as 20 ms: 80 ms are tolerated.
        {"Unnoticed", absl::Milliseconds(1), absl::Milliseconds(80), 1},
        {"NoticedAtLast", absl::Milliseconds(1), absl::Milliseconds(160), 0.25},
        {"Nothing", absl::Milliseconds(100), absl::ZeroDuration(), 1},
    }),
    [](const auto& test) { return test.param.name; });

// A minute of 20 ms, then 400 ms: five seconds later it is still one.
TEST(UsualLatencyTest, ABrownOutIsOneForAWhile) {
  UsualLatency latency;
  for (int second = 0; second < 60; ++second) {
    latency.Add(absl::Milliseconds(20), At(second));
  }
  for (int second = 60; second < 65; ++second) {
    latency.Add(absl::Milliseconds(400), At(second));
  }
  // Five times a 600th of the way: 20 + 380 * 0.0083 = 23.2, tolerated 92.6,
  // which is 0.2315 of 400.
  EXPECT_NEAR(latency.Factor(absl::Milliseconds(400)), 0.0536, 0.001);
}

TEST(UsualLatencyTest, WhatStaysBecomesUsual) {
  UsualLatency latency;
  latency.Add(absl::Milliseconds(20), At(0));
  for (int second = 1; second < 3600; ++second) {
    latency.Add(absl::Milliseconds(400), At(second));
  }
  EXPECT_EQ(latency.Factor(absl::Milliseconds(400)), 1);
}

// The first answer of a cold start is not what later ones are measured by.
TEST(UsualLatencyTest, AColdStartIsSoonForgotten) {
  UsualLatency latency;
  latency.Add(absl::Seconds(3), At(0));
  for (int second = 1; second < 300; ++second) {
    latency.Add(absl::Milliseconds(20), At(second));
  }
  EXPECT_LT(latency.Factor(absl::Seconds(3)), 0.01);
}

}  // namespace
}  // namespace weir::controlplane
