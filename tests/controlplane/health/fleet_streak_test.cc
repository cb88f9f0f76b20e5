#include "controlplane/health/fleet_streak.h"

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/health/health.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

constexpr absl::Time kNow = absl::FromUnixSeconds(1000);

absl::Time Ago(double seconds) { return kNow - absl::Seconds(seconds); }

// What nodes last said, in seconds before kNow.
class FleetStreakTest : public ::testing::Test {
 protected:
  void Succeeds(const std::string& node, double last_success, double reported) {
    NodeSight& sight = health_.nodes[NodeId{node}];
    sight.last_success = Ago(last_success);
    sight.reported_at = Ago(reported);
  }
  void Fails(const std::string& node, std::uint32_t failures, double began,
             double last_failure) {
    NodeSight& sight = health_.nodes[NodeId{node}];
    sight.counts.consecutive_failures = failures;
    sight.streak = {{Ago(began), Ago(last_failure), failures}};
    sight.last_failure = Ago(last_failure);
    sight.reported_at = Ago(last_failure);
  }
  int Streak() const { return FleetFailuresInARow(health_, kNow); }

  Health health_;
};

TEST_F(FleetStreakTest, IsZeroWithoutNodes) { EXPECT_EQ(Streak(), 0); }

TEST_F(FleetStreakTest, OfOneNodeIsItsOwn) {
  Fails("a", 7, 1.0, 0.1);
  EXPECT_EQ(Streak(), 7);
}

TEST_F(FleetStreakTest, AddsUpOverNodesThatAllFail) {
  Fails("a", 2, 1.0, 0.1);
  Fails("b", 3, 0.8, 0.2);
  EXPECT_EQ(Streak(), 5);
}

TEST_F(FleetStreakTest, CountsOnlyWhatFollowsTheFleetsLastSuccess) {
  // Half of a's streak lies before b's success, and b has reported since.
  Fails("a", 10, 2.0, 1.0);
  Succeeds("b", 1.5, 0.5);
  EXPECT_EQ(Streak(), 5);
}

TEST_F(FleetStreakTest, ANodeThatSucceedsAfterwardsEndsIt) {
  Fails("a", 10, 2.0, 1.0);
  Succeeds("b", 0.9, 0.5);
  EXPECT_EQ(Streak(), 0);
}

TEST_F(FleetStreakTest, WaitsForTheReportOfANodeThatWasSucceeding) {
  // a alone may have lost its network: b's last word is from before.
  Fails("a", 100, 1.0, 0.0);
  Succeeds("b", 1.3, 1.2);
  EXPECT_EQ(Streak(), 0);

  // b reports: nothing tried, nothing succeeded.
  health_.nodes[NodeId{"b"}].reported_at = Ago(0.0);
  EXPECT_EQ(Streak(), 100);
}

TEST_F(FleetStreakTest, DoesNotWaitForANodeThatIsIdleForLong) {
  Fails("a", 100, 1.0, 0.0);
  Succeeds("b", 11, 10.9);
  EXPECT_EQ(Streak(), 100);
}

TEST_F(FleetStreakTest, OneBrokenNodeAmongGoodOnesIsNoStreak) {
  // 100 failures a second at a; b and c succeed all the time and report each
  // second, at different moments.
  Fails("a", 1000, 10.0, 0.0);
  Succeeds("b", 0.5, 0.5);
  Succeeds("c", 0.9, 0.9);
  EXPECT_EQ(Streak(), 0);
}

TEST_F(FleetStreakTest, AChatProbesSuccessEndsItToo) {
  Fails("a", 5, 1.0, 0.5);
  health_.last_service = Ago(0.4);
  EXPECT_EQ(Streak(), 0);
}

TEST_F(FleetStreakTest, ForgivenFailuresDoNotCount) {
  Fails("a", 5, 1.0, 0.5);
  health_.streaks_from = Ago(0.4);
  EXPECT_EQ(Streak(), 0);
}

TEST_F(FleetStreakTest, AStreakWithoutABeginningCountsWhole) {
  Fails("a", 4, 1.0, 0.5);
  health_.nodes[NodeId{"a"}].streak[0].began = absl::InfinitePast();
  EXPECT_EQ(Streak(), 4);
}

}  // namespace
}  // namespace weir::controlplane
