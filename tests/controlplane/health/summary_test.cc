#include "controlplane/health/summary.h"

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "controlplane/health/health.h"
#include "controlplane/health/target_state.h"
#include "gtest/gtest.h"
#include "tests/controlplane/health/story.h"

namespace weir::controlplane {
namespace {

using ::weir::testing::Story;

TEST(SummaryTest, OfNothingKnowsNothing) {
  const HealthSummary summary = Story().Summary();
  EXPECT_TRUE(summary.stale);
  EXPECT_EQ(summary.success_rate, std::nullopt);
  EXPECT_EQ(summary.latency, std::nullopt);
  EXPECT_EQ(summary.last_success, std::nullopt);
  EXPECT_EQ(summary.last_failure, std::nullopt);
}

TEST(SummaryTest, GoesStaleAfterThirtySecondsWithoutNews) {
  Story story;
  story.ProbeWorks();
  story.Pass(absl::Seconds(30));
  EXPECT_FALSE(story.Summary().stale);
  story.Pass(absl::Nanoseconds(1));
  EXPECT_TRUE(story.Summary().stale);
  EXPECT_EQ(story.Summary().success_rate, std::nullopt);
  EXPECT_NE(story.Summary().last_success, std::nullopt);
}

TEST(SummaryTest, OneFailedProbeOfTenIsATenth) {
  Story story;
  for (int i = 0; i < 30; ++i) story.ProbeWorks();
  story.ProbeFails();
  EXPECT_DOUBLE_EQ(*story.Summary().success_rate, 0.9);
  EXPECT_TRUE(story.Summary().few_failures);
}

TEST(SummaryTest, TrafficOutweighsCheapProbes) {
  Story story({.error_rate_ceiling = 1.0, .probes = ProbeStrength::kContact});
  story.Traffic("a", 0, 0);
  for (int i = 0; i < 10; ++i) story.ProbeWorks();
  story.Pass(absl::Seconds(1));
  story.Traffic("a", 1, 0);
  story.Traffic("a", 0, 1);
  EXPECT_DOUBLE_EQ(*story.Summary().success_rate, 0.5);
}

TEST(SummaryTest, ChatProbesCountBesideTraffic) {
  Story story({.error_rate_ceiling = 1.0});
  story.Traffic("a", 0, 0);
  story.ProbeWorks();
  story.Pass(absl::Seconds(1));
  story.Report("a");
  story.Traffic("a", 1, 2);
  EXPECT_DOUBLE_EQ(*story.Summary().success_rate, 0.5);
}

TEST(TurningTest, IsWhileOneMoreProbeMayDecide) {
  Story story({.unhealthy_after = 3, .healthy_after = 2});
  const auto turning = [&] {
    return Turning(story.health(), story.thresholds());
  };
  EXPECT_FALSE(turning());
  story.ProbeWorks();
  EXPECT_FALSE(turning());
  story.ProbeFails();
  EXPECT_TRUE(turning());
  story.ProbeFails();
  EXPECT_TRUE(turning());
  story.ProbeFails();
  EXPECT_FALSE(turning()) << "it is down, and stays so for a while";
  story.ProbeWorks();
  EXPECT_TRUE(turning());
  story.ProbeFails();
  EXPECT_FALSE(turning());
  story.ProbeWorks();
  story.ProbeWorks();
  EXPECT_FALSE(turning()) << "it is up";
}

struct LatencyCase {
  std::string name;
  std::uint64_t count;
  absl::Duration p50;
  absl::Duration p95;
  std::optional<absl::Duration> ceiling;
  bool over;
};

class OverLatencyTest : public ::testing::TestWithParam<LatencyCase> {};

TEST_P(OverLatencyTest, FollowsTheTable) {
  HealthSummary summary;
  summary.latency_count = GetParam().count;
  if (summary.latency_count > 0) {
    summary.p50 = GetParam().p50;
    summary.p95 = GetParam().p95;
  }
  EXPECT_EQ(OverLatency(summary, GetParam().ceiling), GetParam().over);
}

constexpr absl::Duration kFast = absl::Seconds(1);
constexpr absl::Duration kCeiling = absl::Seconds(2);
constexpr absl::Duration kSlow = absl::Seconds(3);

INSTANTIATE_TEST_SUITE_P(
    Table, OverLatencyTest,
    ::testing::ValuesIn<LatencyCase>({
        {"NoCeiling", 100, kSlow, kSlow, std::nullopt, false},
        {"NoLatencies", 0, {}, {}, kCeiling, false},
        {"P95Over", 20, kFast, kSlow, kCeiling, true},
        {"P95AtTheCeiling", 20, kFast, kCeiling, kCeiling, false},
        {"FewWithOneSlow", 19, kFast, kSlow, kCeiling, false},
        {"FewAndMostlySlow", 3, kSlow, kSlow, kCeiling, true},
    }),
    [](const auto& each) { return each.param.name; });

struct StateCase {
  std::string name;
  HealthSummary summary;
  std::optional<double> score;
  TargetState want;
};

class StateOfTest : public ::testing::TestWithParam<StateCase> {};

TEST_P(StateOfTest, FollowsTheTable) {
  const StateCase& c = GetParam();
  EXPECT_EQ(StateOf(c.summary, c.score, 50, kCeiling), c.want);
}

HealthSummary Judged(Verdict verdict) {
  HealthSummary summary;
  summary.verdict = verdict;
  return summary;
}

template <typename Change>
HealthSummary Judged(Verdict verdict, Change change) {
  HealthSummary summary = Judged(verdict);
  change(summary);
  return summary;
}

INSTANTIATE_TEST_SUITE_P(
    Table, StateOfTest,
    ::testing::ValuesIn<StateCase>({
        {"NoNews", Judged(Verdict::kUnknown), std::nullopt,
         TargetState::kUnknown},
        {"Up", Judged(Verdict::kUp), 51.0, TargetState::kHealthy},
        {"UpWithoutNews", Judged(Verdict::kUp, [](auto& s) { s.stale = true; }),
         std::nullopt, TargetState::kUnknown},
        {"UpWithTrouble",
         Judged(Verdict::kUp, [](auto& s) { s.troubled = true; }), 90.0,
         TargetState::kDegraded},
        {"OnTrial", Judged(Verdict::kOnTrial), 90.0, TargetState::kDegraded},
        {"Down", Judged(Verdict::kDown), 0.0, TargetState::kUnhealthy},
        {"DownWithoutNews",
         Judged(Verdict::kDown, [](auto& s) { s.stale = true; }), std::nullopt,
         TargetState::kUnhealthy},
        {"DownForLong",
         Judged(Verdict::kDown, [](auto& s) { s.auto_disabled = true; }), 0.0,
         TargetState::kAutoDisabled},
        {"ScoreAtTheLimit", Judged(Verdict::kUp), 50.0,
         TargetState::kUnhealthy},
        {"LowScoreOfFewFailures",
         Judged(Verdict::kUp, [](auto& s) { s.few_failures = true; }), 10.0,
         TargetState::kHealthy},
        {"TooSlow",
         Judged(Verdict::kUp,
                [](auto& s) {
                  s.latency_count = 3;
                  s.p50 = kSlow;
                }),
         90.0, TargetState::kUnhealthy},
    }),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace weir::controlplane
