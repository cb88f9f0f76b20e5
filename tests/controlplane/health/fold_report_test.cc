#include <cstdint>

#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/health/fold.h"
#include "controlplane/health/health.h"
#include "controlplane/health/outcome_window.h"
#include "controlplane/health/summary.h"
#include "gtest/gtest.h"
#include "tests/controlplane/health/story.h"

namespace weir::controlplane {
namespace {

using ::weir::testing::Story;

// A target that a probe found healthy, and node a, which has reported once.
class FoldReportTest : public ::testing::Test {
 protected:
  FoldReportTest() {
    story_.ProbeWorks();
    story_.Traffic("a", 0, 0);
    story_.Pass(absl::Seconds(1));
  }

  Outcomes Seen() const {
    return story_.health().traffic.Within(OutcomeWindow::kSpan, story_.now());
  }

  Story story_;
};

TEST_F(FoldReportTest, CountsTheDifferenceToTheLastReport) {
  story_.Traffic("a", 10, 0);
  story_.Traffic("a", 5, 0);
  EXPECT_EQ(Seen().successes, 15u);
}

TEST_F(FoldReportTest, ARepeatedReportChangesNothing) {
  story_.Traffic("a", 10, 2);
  const Outcomes once = Seen();
  const HealthSummary before = story_.Summary();
  story_.Report("a");
  story_.Report("a");
  EXPECT_EQ(Seen(), once);
  EXPECT_EQ(story_.Summary().latency, before.latency);
  EXPECT_EQ(story_.Summary().latency_count, before.latency_count);
  EXPECT_EQ(story_.Summary().consecutive_failures, 2u);
}

TEST_F(FoldReportTest, NodesAreCountedApart) {
  story_.Traffic("b", 0, 0);
  story_.Traffic("a", 10, 0);
  story_.Traffic("b", 7, 0);
  EXPECT_EQ(Seen().successes, 17u);
}

TEST_F(FoldReportTest, WhatAnUnknownNodeDidBeforeIsHistory) {
  // The control plane is new, and this node has run for days.
  story_.counts("old").successes = 1'000'000;
  story_.counts("old").endpoint_failures = 300'000;
  story_.Report("old");
  EXPECT_EQ(Seen(), Outcomes{});
  EXPECT_EQ(story_.verdict(), Verdict::kUp);
  story_.Traffic("old", 3, 0);
  EXPECT_EQ(Seen().successes, 3u);
}

TEST_F(FoldReportTest, AnUnknownNodesRunningStreakIsNews) {
  story_.Traffic("b", 5, 3);
  EXPECT_EQ(story_.verdict(), Verdict::kDown);
}

TEST_F(FoldReportTest, AnUnknownNodesStreakOfLongAgoIsNot) {
  Story other;
  other.Traffic("b", 0, 0);
  other.Traffic("b", 0, 2);
  other.counts("b").consecutive_failures = 50;
  Story restarted;  // Sees b's word for the first time, a minute later.
  NodeTargetReport report = other.counts("b");
  report.since_failure = absl::Minutes(1);
  FoldReport({NodeId{"b"}, 1, ""}, report, restarted.thresholds(),
             restarted.now(), restarted.health());
  EXPECT_EQ(restarted.verdict(), Verdict::kUnknown);
}

TEST_F(FoldReportTest, AfterANewBootIdEverythingIsNew) {
  story_.Traffic("a", 10, 0);
  story_.Reboot("a");
  story_.Traffic("a", 4, 0);
  EXPECT_EQ(Seen().successes, 14u);
}

TEST_F(FoldReportTest, CountsThatWentBackwardsBeginAgain) {
  story_.Traffic("a", 10, 0);
  story_.counts("a").successes = 2;
  story_.Report("a");
  EXPECT_EQ(Seen().successes, 10u);
  story_.Traffic("a", 3, 0);
  EXPECT_EQ(Seen().successes, 13u);
}

TEST_F(FoldReportTest, NobodyIsBlamedForWhatIsNotTheEndpointsFault) {
  NodeTargetReport& counts = story_.counts("a");
  counts.rate_limited = 100;
  counts.client_errors = 100;
  counts.cancelled = 100;
  counts.credential_failures = 100;
  story_.Report("a");
  EXPECT_EQ(story_.verdict(), Verdict::kUp);
  EXPECT_EQ(story_.Summary().success_rate, 1.0);
  EXPECT_EQ(story_.Summary().consecutive_failures, 0u);
}

TEST_F(FoldReportTest, ALimitThatKeepsEverythingOutIsTrouble) {
  story_.counts("a").rate_limited = 5;
  story_.Report("a");
  EXPECT_TRUE(story_.Summary().troubled);
  story_.Traffic("a", 1, 0);
  EXPECT_FALSE(story_.Summary().troubled);
}

TEST_F(FoldReportTest, OpenBreakersAreCountedUntilTheNodeIsForgotten) {
  story_.counts("a").breaker_open = true;
  story_.Report("a");
  EXPECT_EQ(story_.Summary().breakers_open, 1u);
  EXPECT_TRUE(story_.Summary().troubled);
  ForgetNode(NodeId{"a"}, story_.health());
  EXPECT_EQ(story_.Summary().breakers_open, 0u);
}

TEST_F(FoldReportTest, TheLastErrorIsThatOfTheLastFailure) {
  story_.Traffic("a", 5, 1);
  EXPECT_EQ(story_.Summary().last_error, "HTTP 500 seen by a");
  EXPECT_EQ(story_.Summary().last_failure, story_.now());
  story_.Pass(absl::Seconds(1));
  story_.ProbeFails("timed out after 5s");
  EXPECT_EQ(story_.Summary().last_error, "timed out after 5s");
}

TEST_F(FoldReportTest, AnOldSuccessKeepsItsTime) {
  story_.Traffic("a", 1, 0);
  const absl::Time then = story_.now();
  story_.Pass(absl::Seconds(4));
  story_.Report("a");
  EXPECT_EQ(story_.Summary().last_success, then);
}

TEST_F(FoldReportTest, OneReportMovesTheLatencyOnceByItsMedian) {
  story_.Traffic("a", 1, 0, absl::Milliseconds(100));
  story_.Traffic("a", 1000, 0, absl::Milliseconds(1100));
  EXPECT_NEAR(absl::ToDoubleMilliseconds(*story_.Summary().latency),
              0.7 * 100 + 0.3 * 1100, 20);
}

TEST_F(FoldReportTest, LatencyIsKeptByTheNodesRegions) {
  story_.Locate("a", "eu");
  story_.Traffic("a", 10, 0, absl::Milliseconds(100));
  story_.Traffic("b", 0, 0);
  story_.Traffic("b", 10, 0, absl::Milliseconds(400));
  const auto regions = story_.Summary().latency_by_region;
  ASSERT_EQ(regions.size(), 2u);
  EXPECT_NEAR(absl::ToDoubleMilliseconds(regions.at("eu")), 100, 5);
  EXPECT_NEAR(absl::ToDoubleMilliseconds(regions.at("")), 400, 20);
}

TEST_F(FoldReportTest, WhatIsFreshInA429ReportIsOneStep) {
  story_.counts("a").rate_limited = 7;
  story_.Report("a");
  EXPECT_NEAR(story_.Summary().allowance, 0.8, 1e-9);
  story_.Report("a");
  story_.Pass(absl::Seconds(5));
  story_.Report("a");
  EXPECT_NEAR(story_.Summary().allowance, 0.9, 1e-9) << "nothing came since";
}

TEST_F(FoldReportTest, APauseOfOneNodeHoldsForAllUntilItEnds) {
  story_.counts("a").pause = absl::Seconds(20);
  story_.Report("a");
  story_.Traffic("b", 0, 0);
  story_.Traffic("b", 5, 0);
  EXPECT_EQ(story_.Summary().allowance, 0);
  EXPECT_TRUE(story_.Summary().troubled);
  story_.Pass(absl::Seconds(20));
  EXPECT_EQ(story_.Summary().allowance, 1);
}

TEST_F(FoldReportTest, APauseThatANodeNoLongerReportsIsOver) {
  story_.counts("a").pause = absl::Seconds(20);
  story_.Report("a");
  story_.counts("a").pause = std::nullopt;
  story_.Report("a");
  EXPECT_EQ(story_.Summary().allowance, 1);
}

TEST_F(FoldReportTest, NoPauseIsLongerThanFiveMinutes) {
  story_.counts("a").pause = absl::Hours(10);
  story_.Report("a");
  story_.Pass(absl::Minutes(5));
  EXPECT_EQ(story_.Summary().allowance, 1);
}

TEST_F(FoldReportTest, TheSmallestHeadroomCountsWhileItIsNews) {
  story_.counts("a").headroom = 0.5;
  story_.Report("a");
  story_.counts("b").headroom = 0.1;
  story_.Report("b");
  EXPECT_EQ(story_.Summary().headroom, 0.1);
  story_.Pass(absl::Seconds(5));
  story_.Report("a");
  story_.Pass(absl::Seconds(5));
  EXPECT_EQ(story_.Summary().headroom, 0.5) << "b has said nothing for 10 s";
  story_.Pass(absl::Seconds(5));
  EXPECT_EQ(story_.Summary().headroom, std::nullopt);
}

TEST_F(FoldReportTest, EveryAttemptThatEndedIsARequest) {
  story_.Traffic("a", 3, 2);
  story_.counts("a").rate_limited = 1;
  story_.counts("a").credential_failures = 1;
  story_.counts("a").client_errors = 1;
  story_.counts("a").cancelled = 1;
  story_.Report("a");
  EXPECT_EQ(story_.Summary().requests_last_minute, 9u);
}

// A node that counts a stream as a success when it commits and as a failure
// when it breaks never has two failures in a row.
TEST_F(FoldReportTest, StreamsThatBreakMakeATargetUnhealthyByTheirRate) {
  const auto one_breaks = [this] {
    story_.Traffic("a", 1, 0);
    story_.Traffic("a", 0, 1);
  };
  for (int i = 0; i < 9; ++i) {
    story_.Pass(absl::Milliseconds(500));
    one_breaks();
  }
  EXPECT_EQ(story_.verdict(), Verdict::kUp) << "18 attempts have no rate";
  one_breaks();
  EXPECT_EQ(story_.verdict(), Verdict::kDown);
}

TEST_F(FoldReportTest, StreamsThatBreakInARowMakeItUnhealthy) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(story_.verdict(), Verdict::kUp);
    story_.Pass(absl::Seconds(30));
    story_.Traffic("a", 0, 1);
  }
  EXPECT_EQ(story_.verdict(), Verdict::kDown);
}

TEST_F(FoldReportTest, SilenceMovesOnlyTheTimeOfTheReport) {
  story_.Traffic("a", 0, 2);
  const absl::Time then = story_.now();
  story_.Pass(absl::Seconds(1));
  FoldSilence(NodeId{"a"}, story_.now(), story_.health());
  FoldSilence(NodeId{"stranger"}, story_.now(), story_.health());
  ASSERT_EQ(story_.health().nodes.size(), 1u);
  const NodeSight& sight = story_.health().nodes.at(NodeId{"a"});
  EXPECT_EQ(sight.reported_at, story_.now());
  EXPECT_EQ(sight.last_failure, then);
  EXPECT_EQ(sight.counts.consecutive_failures, 2u);
}

}  // namespace
}  // namespace weir::controlplane
