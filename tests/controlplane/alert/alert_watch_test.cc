#include "controlplane/alert/alert_watch.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/alert/sample_fleet.h"
#include "tests/testing/fake_clock.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr TargetState kHealthyTarget = TargetState::kHealthy;
constexpr TargetState kDownTarget = TargetState::kUnhealthy;

class AlertWatchTest : public ::testing::Test {
 protected:
  void Look(TargetState a, TargetState b = kHealthyTarget) {
    Look(SampleFleet(
        {SampleTarget("a", a), SampleTarget("b", b), SampleTarget("c")}));
  }
  void Look(const std::shared_ptr<FleetView>& fleet) {
    clock_.Advance(absl::Seconds(1));
    watch_.Look(fleet);
  }
  // `kind: text`, oldest first.
  std::vector<std::string> Events() const {
    std::vector<std::string> texts;
    for (const Event& event : events_.After(0)) {
      texts.push_back(event.kind + ": " + event.text);
    }
    return texts;
  }

  testing::FakeClock clock_;
  EventLog events_;
  std::vector<std::string> told_;
  AlertWatch watch_{
      clock_, events_, absl::Seconds(10), [this](const Alert& alert) {
        told_.push_back((alert.resolved_at ? "-" : "+") + alert.id);
      }};
};

TEST_F(AlertWatchTest, AllIsWellIsNoNews) {
  Look(kHealthyTarget);
  Look(kHealthyTarget);
  EXPECT_THAT(Events(), IsEmpty());
  EXPECT_THAT(watch_.Alerts(), IsEmpty());
  EXPECT_THAT(watch_.RaisedCounts(), IsEmpty());
}

TEST_F(AlertWatchTest, ADeathIsAnEventAndAnAlertThatIsToldOnce) {
  Look(kHealthyTarget);
  Look(kDownTarget);
  Look(kDownTarget);
  EXPECT_THAT(told_, ElementsAre("+target_down:a/m"));
  EXPECT_THAT(Events(),
              ElementsAre("target_state: a/m is unhealthy, was healthy",
                          "alert_raised: target_down: a/m is down"));
  EXPECT_THAT(watch_.RaisedCounts(), ElementsAre(Pair("target_down", 1)));
  EXPECT_EQ(watch_.Alerts().at(0).raised_at,
            clock_.WallNow() - absl::Seconds(1));
}

TEST_F(AlertWatchTest, ARecoveryIsAnEventAtOnceAndResolvesLater) {
  Look(kHealthyTarget);
  Look(kDownTarget);
  Look(kHealthyTarget);
  EXPECT_THAT(told_, ElementsAre("+target_down:a/m"));
  for (int i = 0; i < 9; ++i) Look(kHealthyTarget);
  EXPECT_THAT(told_, ElementsAre("+target_down:a/m", "-target_down:a/m"));
  EXPECT_EQ(Events().back(),
            "alert_resolved: target_down is resolved: a/m is down");
}

TEST_F(AlertWatchTest, ASwitchOfGroupsIsAnEventOnce) {
  const auto fleet = SampleFleet({SampleTarget("a")});
  AddGroups({"relay", "direct"},
            GroupSwitch{"direct",
                        "by hand",
                        SwitchedBy::kOperator,
                        clock_.WallNow(),
                        {"token ci", "operator"}},
            *fleet);
  Look(kHealthyTarget);
  Look(fleet);
  Look(fleet);
  EXPECT_THAT(told_, ElementsAre("+group_switch:direct"));
  EXPECT_EQ(Events().front(),
            "group_switched: traffic moved to group direct: by hand");
  EXPECT_EQ(Events().size(), 2u);
  const std::vector<Event> events = events_.After(0);
  EXPECT_EQ(events[0].by, (Actor{"token ci", "operator"}));
  // The alert that follows from it is nobody's but weir's.
  EXPECT_EQ(events[1].by, Actor());
}

TEST_F(AlertWatchTest, WhatAnEarlierLifeSaidIsNotSaidAgain) {
  const GroupSwitch last{"direct", "by hand", SwitchedBy::kOperator,
                         clock_.WallNow()};
  const auto fleet = SampleFleet(
      {SampleTarget("a", kDownTarget), SampleTarget("b"), SampleTarget("c")});
  AddGroups({"relay", "direct"}, last, *fleet);
  watch_.Restore({{.id = "target_down:a/m",
                   .kind = "target_down",
                   .subject = "a/m",
                   .raised_at = clock_.WallNow()},
                  {.id = "group_switch:direct",
                   .kind = "group_switch",
                   .subject = "direct",
                   .raised_at = clock_.WallNow()}},
                 last);
  Look(fleet);
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_THAT(Events(), IsEmpty());
}

}  // namespace
}  // namespace weir::controlplane
