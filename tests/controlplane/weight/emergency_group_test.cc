#include "controlplane/weight/emergency_group.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

// Groups relay, direct and spare; a switch after 5 minutes.
class EmergencyGroupTest : public ::testing::Test {
 protected:
  // Usable targets of each group, of two.
  bool Observe(std::vector<std::uint32_t> usable) {
    std::vector<GroupSight> sights;
    for (const std::uint32_t count : usable) sights.push_back({2, count});
    return ObserveGroups(rules_, sights, moment_, memory_);
  }
  void Pass(absl::Duration time) {
    moment_.now += time;
    moment_.wall += time;
  }
  std::string Active() const { return ActiveGroup(rules_, memory_); }

  GroupRules rules_{{"relay", "direct", "spare"}, absl::Minutes(5)};
  Moment moment_{absl::FromUnixSeconds(1000), absl::FromUnixSeconds(9000)};
  GroupMemory memory_;
};

TEST_F(EmergencyGroupTest, WithoutAnOrderThereAreNoGroups) {
  rules_.order.clear();
  EXPECT_FALSE(Observe({}));
  EXPECT_EQ(Active(), "");
}

TEST_F(EmergencyGroupTest, TheFirstIsActiveWithoutASwitch) {
  EXPECT_FALSE(Observe({1, 2, 2}));
  EXPECT_EQ(Active(), "relay");
  EXPECT_EQ(memory_.last, std::nullopt);
}

TEST_F(EmergencyGroupTest, OneUsableTargetIsEnoughForEver) {
  for (int hour = 0; hour < 24; ++hour) {
    EXPECT_FALSE(Observe({1, 2, 2}));
    Pass(absl::Hours(1));
  }
}

TEST_F(EmergencyGroupTest, SwitchesWhenAllHaveFailedForTheWholeTime) {
  EXPECT_FALSE(Observe({0, 2, 2}));
  Pass(absl::Minutes(5) - absl::Nanoseconds(1));
  EXPECT_FALSE(Observe({0, 2, 2}));
  EXPECT_EQ(Active(), "relay");
  Pass(absl::Nanoseconds(1));
  EXPECT_TRUE(Observe({0, 2, 2}));
  EXPECT_EQ(Active(), "direct");
  EXPECT_EQ(
      memory_.last,
      (GroupSwitch{"direct", "every target of group relay has failed for 5m",
                   SwitchedBy::kItself, moment_.wall}));
  EXPECT_FALSE(Observe({0, 2, 2})) << "once is enough";
}

TEST_F(EmergencyGroupTest, ARecoveryBetweenBeginsTheTimeAnew) {
  Observe({0, 2, 2});
  Pass(absl::Minutes(4));
  Observe({1, 2, 2});
  Pass(absl::Minutes(1));
  Observe({0, 2, 2});
  Pass(absl::Minutes(4));
  EXPECT_FALSE(Observe({0, 2, 2}));
  Pass(absl::Minutes(1));
  EXPECT_TRUE(Observe({0, 2, 2}));
}

TEST_F(EmergencyGroupTest, SkipsGroupsWithoutAUsableTarget) {
  Observe({0, 0, 1});
  Pass(absl::Minutes(5));
  EXPECT_TRUE(Observe({0, 0, 1}));
  EXPECT_EQ(Active(), "spare");
}

TEST_F(EmergencyGroupTest, WithNobodyToGoToItStaysUntilThereIsSomebody) {
  Observe({0, 0, 0});
  Pass(absl::Minutes(9));
  EXPECT_FALSE(Observe({0, 0, 0}));
  EXPECT_EQ(Active(), "relay");
  EXPECT_TRUE(Observe({0, 1, 0}));
  EXPECT_EQ(Active(), "direct");
}

TEST_F(EmergencyGroupTest, NothingComesBackByItself) {
  Observe({0, 2, 2});
  Pass(absl::Minutes(5));
  ASSERT_TRUE(Observe({0, 2, 2}));
  Pass(absl::Hours(24));
  EXPECT_FALSE(Observe({2, 2, 2}));
  EXPECT_EQ(Active(), "direct");
}

TEST_F(EmergencyGroupTest, AfterTheLastComesTheFirst) {
  memory_.last = GroupSwitch{"spare", "maintenance", SwitchedBy::kOperator, {}};
  Observe({1, 0, 0});
  Pass(absl::Minutes(5));
  EXPECT_TRUE(Observe({1, 0, 0}));
  EXPECT_EQ(Active(), "relay");
}

TEST_F(EmergencyGroupTest, AnOperatorsChoiceThatIsDeadHasItsTimeToo) {
  Observe({2, 0, 2});
  Pass(absl::Hours(1));
  ASSERT_THAT(SwitchByHand(rules_, "direct", "a test", moment_.wall, memory_),
              IsOk());
  EXPECT_FALSE(Observe({2, 0, 2}));
  Pass(absl::Minutes(5));
  EXPECT_TRUE(Observe({2, 0, 2}));
  EXPECT_EQ(Active(), "spare");
}

TEST_F(EmergencyGroupTest, ASwitchByHandHoldsAtOnceAndSaysWhy) {
  const absl::Time wall = moment_.wall;
  ASSERT_THAT(SwitchByHand(rules_, "spare", "", wall, memory_), IsOk());
  EXPECT_EQ(Active(), "spare");
  EXPECT_EQ(memory_.last,
            (GroupSwitch{"spare", "by hand", SwitchedBy::kOperator, wall}));
  ASSERT_THAT(SwitchByHand(rules_, "relay", "all well", wall, memory_), IsOk());
  EXPECT_EQ(memory_.last->reason, "by hand: all well");
}

TEST_F(EmergencyGroupTest, ASwitchToTheActiveGroupIsNone) {
  ASSERT_THAT(SwitchByHand(rules_, "relay", "", moment_.wall, memory_), IsOk());
  EXPECT_EQ(memory_.last, std::nullopt);
}

TEST_F(EmergencyGroupTest, ASwitchToNobodyIsRefusedWithTheNames) {
  EXPECT_THAT(SwitchByHand(rules_, "relays", "", moment_.wall, memory_),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("known groups: relay, direct, spare")));
  EXPECT_EQ(memory_.last, std::nullopt);
}

TEST_F(EmergencyGroupTest, AReasonIsOneShortLine) {
  for (const std::string& reason :
       {std::string(256, 'x'), std::string("a\nb")}) {
    EXPECT_THAT(SwitchByHand(rules_, "spare", reason, moment_.wall, memory_),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_EQ(Active(), "relay");
}

TEST_F(EmergencyGroupTest, AGroupThatIsGoneIsForgotten) {
  memory_.last = GroupSwitch{"old", "long ago", SwitchedBy::kItself, {}};
  EXPECT_EQ(Active(), "relay");
  EXPECT_FALSE(Observe({2, 2, 2}));
  EXPECT_EQ(memory_.last, std::nullopt);
}

TEST_F(EmergencyGroupTest, AGroupWithoutTargetsIsNoPlaceForTraffic) {
  const std::vector<GroupSight> sights = {{0, 0}, {1, 1}, {0, 0}};
  ObserveGroups(rules_, sights, moment_, memory_);
  Pass(absl::Minutes(5));
  EXPECT_TRUE(ObserveGroups(rules_, sights, moment_, memory_));
  EXPECT_EQ(memory_.last->reason, "group relay has no targets");
}

struct BeforeCase {
  std::string name;
  std::string active;
  std::vector<GroupMember> members;
  std::vector<std::uint32_t> want;
};

class GroupsBeforeTest : public ::testing::TestWithParam<BeforeCase> {};

TEST_P(GroupsBeforeTest, FollowsTheTable) {
  const GroupRules rules{{"relay", "direct", "spare"}, absl::Minutes(5)};
  EXPECT_THAT(GroupsBefore(rules, GetParam().active, GetParam().members),
              ElementsAreArray(GetParam().want));
}

INSTANTIATE_TEST_SUITE_P(Table, GroupsBeforeTest,
                         ::testing::ValuesIn<BeforeCase>({
                             {"None", "relay", {}, {}},
                             {"InTheOrder",
                              "relay",
                              {{"relay"}, {"direct"}, {"spare"}, {"relay"}},
                              {0, 1, 2, 0}},
                             {"FromTheActiveOneOn",
                              "direct",
                              {{"relay"}, {"direct"}, {"spare"}},
                              {2, 0, 1}},
                             {"TheUnlistedAreAlwaysUsed",
                              "relay",
                              {{""}, {"other"}, {"relay"}, {"direct"}},
                              {0, 0, 0, 1}},
                             {"TheUnlistedAloneKeepTheReserveWaiting",
                              "relay",
                              {{""}, {"direct"}},
                              {0, 1}},
                             {"AModelOutsideTheActiveGroupUsesWhatItHas",
                              "relay",
                              {{"spare"}, {"direct"}},
                              {1, 0}},
                             {"SwitchedOffIsNotThere",
                              "relay",
                              {{"relay", false}, {"direct"}, {"spare"}},
                              {0, 0, 1}},
                             {"AllSwitchedOff",
                              "relay",
                              {{"relay", false}, {"direct", false}},
                              {0, 0}},
                         }),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::controlplane
