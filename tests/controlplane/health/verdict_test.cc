// The table at the top of judge.cc, rule by rule.

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "controlplane/health/health.h"
#include "controlplane/health/summary.h"
#include "gtest/gtest.h"
#include "tests/controlplane/health/story.h"

namespace weir::controlplane {
namespace {

using ::weir::testing::Story;

constexpr Thresholds kChat{.unhealthy_after = 3,
                           .healthy_after = 4,
                           .probes = ProbeStrength::kService};
constexpr Thresholds kCheap{.unhealthy_after = 3,
                            .healthy_after = 4,
                            .probes = ProbeStrength::kContact};

// A target that is up, with nodes a and b that have reported.
Story Healthy(const Thresholds& thresholds) {
  Story story(thresholds);
  story.ProbeWorks();
  story.Traffic("a", 0, 0);
  story.Traffic("b", 0, 0);
  story.Pass(absl::Seconds(1));
  return story;
}

// The same after real requests failed, a second ago.
Story FailedByTraffic(const Thresholds& thresholds) {
  Story story = Healthy(thresholds);
  story.Traffic("a", 0, 3);
  EXPECT_EQ(story.verdict(), Verdict::kDown);
  story.Pass(absl::Seconds(1));
  story.Report("a");
  story.Report("b");
  return story;
}

TEST(VerdictTest, RequestsThatFailInARowAreAsGoodAsProbes) {
  Story story = Healthy(kChat);
  story.Traffic("a", 10, 2);
  EXPECT_EQ(story.verdict(), Verdict::kUp);
  story.Traffic("a", 0, 1);
  EXPECT_EQ(story.verdict(), Verdict::kDown);
}

TEST(VerdictTest, FailuresAddUpOverTheFleet) {
  Story story = Healthy(kChat);
  story.Traffic("a", 0, 2);
  EXPECT_EQ(story.verdict(), Verdict::kUp);
  story.Traffic("b", 0, 1);
  EXPECT_EQ(story.verdict(), Verdict::kDown);
}

TEST(VerdictTest, OneNodeWithoutNetworkTakesNobodyDown) {
  Story story = Healthy(kChat);
  for (int second = 0; second < 60; ++second) {
    story.Traffic("b", 50, 0);
    story.Pass(absl::Milliseconds(400));
    story.Traffic("a", 0, 20);
    story.Pass(absl::Milliseconds(600));
    ASSERT_EQ(story.verdict(), Verdict::kUp) << "second " << second;
    EXPECT_TRUE(story.Summary().troubled);
  }
}

TEST(VerdictTest, ADeadTargetIsDownOnceBothNodesSaySo) {
  Story story = Healthy(kChat);
  story.Traffic("a", 5, 0);
  story.Traffic("b", 5, 0);
  story.Pass(absl::Milliseconds(100));  // Here it dies.
  story.Traffic("a", 0, 5);
  EXPECT_EQ(story.verdict(), Verdict::kUp) << "b was fine a moment ago";
  story.Pass(absl::Milliseconds(400));
  story.Traffic("b", 0, 1);
  EXPECT_EQ(story.verdict(), Verdict::kDown);
}

TEST(VerdictTest, TooManyErrorsTakeItDownWithoutARow) {
  Story story = Healthy(kChat);
  story.Traffic("a", 18, 1);  // 19 attempts have no rate yet.
  EXPECT_EQ(story.verdict(), Verdict::kUp);
  story.Traffic("a", 0, 1);  // 2 of 20 are 10 %.
  EXPECT_EQ(story.verdict(), Verdict::kDown);
  EXPECT_EQ(story.health().cause, DownCause::kErrorRate);
}

TEST(VerdictTest, TooManyErrorsAtMostNodesTakeItDown) {
  Story story = Healthy(kChat);
  story.Traffic("c", 0, 0);
  story.Traffic("c", 19, 1);
  story.Pass(absl::Milliseconds(100));
  story.Traffic("a", 19, 2);
  EXPECT_EQ(story.verdict(), Verdict::kUp) << "without a it is 5 %";
  story.Pass(absl::Milliseconds(100));
  story.Traffic("b", 19, 2);
  EXPECT_EQ(story.verdict(), Verdict::kDown) << "without b it is 7 %";
}

TEST(VerdictTest, ErrorsAtTheCeilingAreAllowed) {
  Story story = Healthy(kChat);
  story.Traffic("a", 19, 1);  // Exactly 5 %.
  EXPECT_EQ(story.verdict(), Verdict::kUp);
}

TEST(VerdictTest, ErrorsSlideOutOfTheRateAfterTenSeconds) {
  Story story = Healthy(kChat);
  story.Traffic("a", 17, 1);
  story.Pass(absl::Seconds(11));
  story.Traffic("a", 0, 1);
  story.Traffic("a", 18, 0);
  EXPECT_EQ(story.verdict(), Verdict::kUp);
}

TEST(VerdictTest, ChatProbesClearWhatTrafficFailed) {
  Story story = FailedByTraffic(kChat);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(story.verdict(), Verdict::kDown);
    story.ProbeWorks();
  }
  EXPECT_EQ(story.verdict(), Verdict::kUp);
  // The nodes still know of their last failures; those are forgiven.
  story.Pass(absl::Seconds(1));
  story.Report("a");
  EXPECT_EQ(story.verdict(), Verdict::kUp);
}

TEST(VerdictTest, CheapProbesOnlyBringWhatTrafficFailedToTrial) {
  Story story = FailedByTraffic(kCheap);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(story.verdict(), Verdict::kDown);
    story.ProbeWorks();
  }
  EXPECT_EQ(story.verdict(), Verdict::kOnTrial);
  for (int i = 0; i < 20; ++i) story.ProbeWorks();
  EXPECT_EQ(story.verdict(), Verdict::kOnTrial) << "only traffic proves it";
}

TEST(VerdictTest, TrafficPassesTheTrial) {
  Story story = FailedByTraffic(kCheap);
  for (int i = 0; i < 4; ++i) story.ProbeWorks();
  story.Pass(absl::Seconds(1));
  story.Report("a");
  story.Traffic("a", 3, 0);
  EXPECT_EQ(story.verdict(), Verdict::kOnTrial);
  story.Traffic("a", 1, 0);
  EXPECT_EQ(story.verdict(), Verdict::kUp);
}

TEST(VerdictTest, TrafficFailsTheTrial) {
  Story story = FailedByTraffic(kCheap);
  for (int i = 0; i < 4; ++i) story.ProbeWorks();
  story.Pass(absl::Seconds(1));
  story.Traffic("a", 0, 3);
  EXPECT_EQ(story.verdict(), Verdict::kDown);
}

TEST(VerdictTest, CheapProbesClearWhatOnlyProbesFailed) {
  Story story = Healthy(kCheap);
  for (int i = 0; i < 3; ++i) story.ProbeFails();
  ASSERT_EQ(story.verdict(), Verdict::kDown);
  for (int i = 0; i < 4; ++i) story.ProbeWorks();
  EXPECT_EQ(story.verdict(), Verdict::kUp);
}

TEST(VerdictTest, TrafficThatFailsTooMakesItMoreThanAProbesMatter) {
  Story story = Healthy(kCheap);
  for (int i = 0; i < 3; ++i) story.ProbeFails();
  story.Pass(absl::Seconds(1));
  story.Traffic("a", 0, 3);
  for (int i = 0; i < 4; ++i) story.ProbeWorks();
  EXPECT_EQ(story.verdict(), Verdict::kOnTrial);
}

TEST(VerdictTest, ALimitedChatProbeProvesNoMoreThanACheapOne) {
  Story story = FailedByTraffic(kChat);
  for (int i = 0; i < 4; ++i) {
    story.Probe(absl::ResourceExhaustedError("rate limited (HTTP 429)"), {});
  }
  EXPECT_EQ(story.verdict(), Verdict::kOnTrial);
  for (int i = 0; i < 4; ++i) story.ProbeWorks();
  EXPECT_EQ(story.verdict(), Verdict::kUp);
}

TEST(VerdictTest, RequestsInARowBringItBackToo) {
  Story story = FailedByTraffic(kChat);
  story.Traffic("a", 3, 0);
  EXPECT_EQ(story.verdict(), Verdict::kDown);
  story.Traffic("b", 1, 0);
  EXPECT_EQ(story.verdict(), Verdict::kUp);
}

TEST(VerdictTest, ASuccessFromBeforeTheDeathDoesNotBringItBack) {
  Story story = Healthy(kChat);
  story.Traffic("a", 0, 3);
  ASSERT_EQ(story.verdict(), Verdict::kDown);
  // b reports later what it saw earlier.
  story.Traffic("b", 100, 0);
  EXPECT_EQ(story.verdict(), Verdict::kDown);
  EXPECT_EQ(story.Summary().success_rate, 0.0);
}

TEST(VerdictTest, RequestsInARowProveNothingAfterTooManyErrors) {
  Story story = Healthy(kChat);
  for (const char* node : {"a", "b", "a", "b"}) {
    story.Pass(absl::Milliseconds(100));
    story.Traffic(node, 18, 2);
  }
  ASSERT_EQ(story.health().cause, DownCause::kErrorRate);
  story.Pass(absl::Seconds(1));
  story.Report("a");
  story.Traffic("a", 100, 0);
  EXPECT_EQ(story.verdict(), Verdict::kDown);
  for (int i = 0; i < 4; ++i) story.ProbeWorks();
  EXPECT_EQ(story.verdict(), Verdict::kUp);
}

TEST(VerdictTest, RequestsThatStillFailBreakTheProbersRow) {
  Story story = FailedByTraffic(kChat);
  for (int i = 0; i < 3; ++i) story.ProbeWorks();
  story.Traffic("a", 0, 1);
  story.ProbeWorks();
  EXPECT_EQ(story.verdict(), Verdict::kDown);
}

TEST(VerdictTest, ProbesThatFailWhileNodesSucceedAreBlind) {
  Story story = Healthy(kChat);
  for (int i = 0; i < 20; ++i) {
    story.ProbeFails();
    story.Traffic("a", 10, 0);
    story.Pass(absl::Seconds(1));
  }
  EXPECT_EQ(story.verdict(), Verdict::kUp);
  EXPECT_TRUE(story.Summary().troubled);

  // Nobody vouches any more.
  story.Pass(absl::Seconds(10));
  EXPECT_EQ(story.verdict(), Verdict::kDown);
}

TEST(VerdictTest, ASuccessFromBeforeTheProbesFailedDoesNotVouch) {
  Story story = Healthy(kChat);
  story.Traffic("a", 10, 0);
  story.Pass(absl::Milliseconds(10));
  for (int i = 0; i < 3; ++i) story.ProbeFails();
  EXPECT_EQ(story.verdict(), Verdict::kDown);
}

TEST(VerdictTest, ANodeThatVouchesLateTakesTheProbesVerdictBack) {
  Story story = Healthy(kChat);
  for (int i = 0; i < 3; ++i) story.ProbeFails();
  ASSERT_EQ(story.verdict(), Verdict::kDown);
  story.Pass(absl::Seconds(1));
  story.Report("a");
  story.Traffic("a", 1, 0);
  EXPECT_EQ(story.verdict(), Verdict::kUp);
  EXPECT_TRUE(story.Summary().troubled);
}

TEST(VerdictTest, TheScoreIsBackWithTheTarget) {
  Story story = Healthy(kChat);
  story.Traffic("a", 1000, 0);
  for (int i = 0; i < 100; ++i) story.ProbeFails();
  EXPECT_EQ(story.Summary().success_rate, 0.0) << "the dead look dead";
  for (int i = 0; i < 4; ++i) story.ProbeWorks();
  EXPECT_EQ(story.Summary().success_rate, 1.0) << "and the living alive";
}

}  // namespace
}  // namespace weir::controlplane
