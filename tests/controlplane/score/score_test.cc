#include "controlplane/score/score.h"

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "controlplane/health/summary.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

struct ScoreCase {
  std::string name;
  std::optional<double> success_rate;
  std::optional<absl::Duration> latency;
  std::optional<double> want;
  double latency_scale = 5;
};

class ScoreTest : public ::testing::TestWithParam<ScoreCase> {};

TEST_P(ScoreTest, FollowsTheTable) {
  HealthSummary health;
  health.success_rate = GetParam().success_rate;
  health.latency = GetParam().latency;
  const std::optional<double> score =
      Score(health, ScoreParams{GetParam().latency_scale});
  ASSERT_EQ(score.has_value(), GetParam().want.has_value());
  if (score.has_value()) {
    EXPECT_DOUBLE_EQ(*score, *GetParam().want);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, ScoreTest,
    ::testing::ValuesIn<ScoreCase>({
        {"NoNewsIsUnknown", std::nullopt, std::nullopt, std::nullopt},
        {"LatencyAloneIsNoNews", std::nullopt, absl::Seconds(1), std::nullopt},
        {"InstantAndSoundIsFull", 1.0, absl::ZeroDuration(), 100.0},
        {"HundredMilliseconds", 1.0, absl::Milliseconds(100), 94.0},
        {"HalfASecondHasNoLatencyPoints", 1.0, absl::Milliseconds(500), 70.0},
        {"SlowCostsAtMostThirty", 1.0, absl::Seconds(60), 70.0},
        {"FastFailuresStayUnusable", 0.0, absl::ZeroDuration(), 30.0},
        {"NeverAnsweredIsZero", 0.0, std::nullopt, 0.0},
        {"HalfFail", 0.5, absl::Milliseconds(250), 50.0},
        {"ScaleStretchesLatency", 1.0, absl::Seconds(1), 85.0, 20.0},
    }),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace weir::controlplane
