#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "controlplane/health/fold.h"
#include "controlplane/health/health.h"
#include "controlplane/health/summary.h"
#include "gtest/gtest.h"
#include "tests/controlplane/health/story.h"

namespace weir::controlplane {
namespace {

using ::weir::testing::Story;

TEST(FoldProbeTest, TheFirstSuccessMakesAnUnknownTargetHealthy) {
  Story story;
  EXPECT_EQ(story.verdict(), Verdict::kUnknown);
  story.ProbeWorks();
  EXPECT_EQ(story.verdict(), Verdict::kUp);
  EXPECT_EQ(story.Summary().success_rate, 1.0);
  EXPECT_EQ(story.Summary().last_success, story.now());
}

TEST(FoldProbeTest, UnhealthyExactlyAfterTheConfiguredFailuresInARow) {
  Story story({.unhealthy_after = 3});
  story.ProbeWorks();
  story.ProbeFails();
  story.ProbeFails();
  EXPECT_EQ(story.verdict(), Verdict::kUp);
  story.ProbeFails();
  EXPECT_EQ(story.verdict(), Verdict::kDown);
  EXPECT_EQ(story.Summary().consecutive_failures, 3u);
  EXPECT_EQ(story.Summary().last_error, "connection refused");
}

TEST(FoldProbeTest, ASuccessBetweenBeginsTheRowAgain) {
  Story story({.unhealthy_after = 2});
  for (int i = 0; i < 5; ++i) {
    story.ProbeFails();
    story.ProbeWorks();
  }
  EXPECT_EQ(story.verdict(), Verdict::kUp);
}

TEST(FoldProbeTest, HealthyAgainExactlyAfterTheConfiguredSuccessesInARow) {
  Story story({.unhealthy_after = 1, .healthy_after = 3});
  story.ProbeFails();
  ASSERT_EQ(story.verdict(), Verdict::kDown);
  story.ProbeWorks();
  story.ProbeWorks();
  EXPECT_EQ(story.verdict(), Verdict::kDown);
  story.ProbeFails();  // Begins the row again.
  story.ProbeWorks();
  story.ProbeWorks();
  EXPECT_EQ(story.verdict(), Verdict::kDown);
  story.ProbeWorks();
  EXPECT_EQ(story.verdict(), Verdict::kUp);
}

TEST(FoldProbeTest, FiveFailuresInARowAutoDisableUntilItIsBack) {
  Story story({.unhealthy_after = 2, .healthy_after = 1});
  for (int i = 0; i < 4; ++i) story.ProbeFails();
  EXPECT_FALSE(story.Summary().auto_disabled);
  story.ProbeFails();
  EXPECT_TRUE(story.Summary().auto_disabled);
  EXPECT_EQ(story.verdict(), Verdict::kDown);
  story.ProbeWorks();
  EXPECT_FALSE(story.Summary().auto_disabled);
  EXPECT_EQ(story.verdict(), Verdict::kUp);
}

TEST(FoldProbeTest, APatientTargetIsNotAutoDisabledBeforeItIsUnhealthy) {
  Story story({.unhealthy_after = 8});
  for (int i = 0; i < 7; ++i) story.ProbeFails();
  EXPECT_FALSE(story.Summary().auto_disabled);
  story.ProbeFails();
  EXPECT_TRUE(story.Summary().auto_disabled);
}

TEST(FoldProbeTest, LatencyIsSevenTenthsOldAndThreeTenthsNew) {
  Story story;
  story.ProbeWorks(absl::Milliseconds(100));
  EXPECT_EQ(story.Summary().latency, absl::Milliseconds(100));
  story.ProbeWorks(absl::Milliseconds(200));
  EXPECT_EQ(story.Summary().latency, absl::Milliseconds(130));
  story.ProbeFails();  // Has no latency to speak of.
  EXPECT_EQ(story.Summary().latency, absl::Milliseconds(130));
}

TEST(FoldProbeTest, QuantilesComeFromTheLastHalfMinute) {
  Story story;
  for (int i = 0; i < 90; ++i) story.ProbeWorks(absl::Milliseconds(100));
  for (int i = 0; i < 10; ++i) story.ProbeWorks(absl::Milliseconds(1000));
  const HealthSummary summary = story.Summary();
  // A bucket of the sketch is 10 % wide.
  EXPECT_NEAR(absl::ToDoubleMilliseconds(*summary.p50), 100, 5);
  EXPECT_NEAR(absl::ToDoubleMilliseconds(*summary.p95), 1000, 50);
  EXPECT_EQ(summary.latency_count, 100u);
  story.Pass(absl::Seconds(30));
  EXPECT_EQ(story.Summary().p95, std::nullopt);
}

TEST(FoldProbeTest, ALimitedProbeIsASignOfLife) {
  Story story({.unhealthy_after = 2});
  story.ProbeFails();
  story.Probe(absl::ResourceExhaustedError("rate limited (HTTP 429)"), {});
  story.ProbeFails();
  EXPECT_EQ(story.verdict(), Verdict::kUp);
  story.Probe(absl::ResourceExhaustedError("rate limited (HTTP 429)"), {});
  const HealthSummary summary = story.Summary();
  EXPECT_TRUE(summary.troubled);
  EXPECT_EQ(summary.last_error, "rate limited (HTTP 429)");
  // Two failures were all that counted.
  EXPECT_EQ(summary.success_rate, 0.0);
}

TEST(FoldProbeTest, ATargetThatOnlyEverLimitsIsAlive) {
  Story story;
  story.Probe(absl::ResourceExhaustedError("rate limited (HTTP 429)"), {});
  EXPECT_EQ(story.verdict(), Verdict::kUp);
  EXPECT_EQ(story.Summary().success_rate, 1.0);
  EXPECT_EQ(story.Summary().latency, std::nullopt);
}

TEST(FoldProbeTest, ARefusedCredentialIsAFailureThatIsRememberedAsSuch) {
  Story story({.unhealthy_after = 1});
  story.Probe(absl::UnauthenticatedError("credential refused (HTTP 401)"), {});
  EXPECT_EQ(story.verdict(), Verdict::kDown);
  EXPECT_TRUE(story.Summary().credential_refused);
  story.ProbeFails();
  EXPECT_FALSE(story.Summary().credential_refused);
}

TEST(FoldProbeTest, ARealRequestsLatencyReplacesThatOfACheapProbe) {
  Story story({.probes = ProbeStrength::kContact});
  story.ProbeWorks(absl::Milliseconds(2));
  story.Traffic("a", 0, 0);
  story.Pass(absl::Seconds(1));
  story.Traffic("a", 10, 0, absl::Milliseconds(800));
  const double service = absl::ToDoubleMilliseconds(*story.Summary().latency);
  EXPECT_NEAR(service, 800, 40);
  story.ProbeWorks(absl::Milliseconds(2));
  EXPECT_EQ(absl::ToDoubleMilliseconds(*story.Summary().latency), service);
  EXPECT_EQ(story.Summary().latency_count, 10u);
}

}  // namespace
}  // namespace weir::controlplane
