// Emergency groups, from what befalls their targets to who gets the traffic.
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "controlplane/health/target_state.h"
#include "controlplane/scoreboard.h"
#include "gtest/gtest.h"
#include "tests/controlplane/scoreboard_fixture.h"
#include "tests/testing/status_matchers.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {
namespace {

using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

// a and b are the relay, c is direct; a switch after 5 s.
class EmergencyTest : public ScoreboardTest {
 protected:
  EmergencyTest() {
    config::v1::Resources resources = Parse(kThreeProviders);
    for (int i = 0; i < 3; ++i) {
      resources.mutable_providers(i)->set_group(i < 2 ? "relay" : "direct");
    }
    resources.mutable_policy()->add_group_order("relay");
    resources.mutable_policy()->add_group_order("direct");
    resources.mutable_policy()->mutable_group_switch_after()->set_seconds(5);
    Configure(resources);
    AllWork();
  }
  void RelayDies() {
    for (const char* provider : {"a", "a", "b", "b"}) Fails(provider);
  }
};

TEST_F(EmergencyTest, TheReserveGetsNoShareAndStandsBehindTheUsable) {
  EXPECT_NEAR(View("a").weight, 0.5, 1e-9);
  EXPECT_EQ(View("c").weight, 0);
  EXPECT_EQ(View("c").rank, 2u);
  Fails("b");
  Fails("b");
  EXPECT_NEAR(View("a").weight, 1, 1e-9);
  EXPECT_EQ(View("c").rank, 1u) << "before what is dead";
}

TEST_F(EmergencyTest, UntilTheSwitchTheReserveIsTheFirstFailover) {
  RelayDies();
  Tick(absl::Seconds(4));
  EXPECT_FALSE(Model().panic) << "there is a reserve";
  EXPECT_TRUE(Model().usable);
  EXPECT_EQ(View("c").weight, 0);
  EXPECT_EQ(View("c").rank, 0u);
  EXPECT_TRUE(scoreboard_.View()->groups[0].active);
  EXPECT_EQ(scoreboard_.View()->groups[0].failing_since,
            clock_.WallNow() - absl::Seconds(4));
}

TEST_F(EmergencyTest, TheNextGroupTakesOverWholeAndStays) {
  EXPECT_TRUE(View("c").reserve);
  RelayDies();
  Tick(absl::Seconds(5));
  EXPECT_NEAR(View("c").weight, 1, 1e-9);
  EXPECT_FALSE(View("c").reserve);
  EXPECT_TRUE(View("a").reserve);
  ASSERT_TRUE(scoreboard_.View()->last_switch.has_value());
  EXPECT_EQ(scoreboard_.View()->last_switch->group, "direct");
  EXPECT_EQ(scoreboard_.View()->last_switch->at, clock_.WallNow());
  for (int i = 0; i < 2; ++i) AllWork();
  Tick(absl::Seconds(10));
  AllWork();
  EXPECT_EQ(View("a").state, TargetState::kHealthy);
  EXPECT_EQ(View("a").weight, 0);
  EXPECT_NEAR(View("c").weight, 1, 1e-9);
}

TEST_F(EmergencyTest, AnOperatorSwitchesAtOnceThereAndBack) {
  EXPECT_THAT(scoreboard_.SwitchGroup("direct", "maintenance"), IsOk());
  EXPECT_NEAR(View("c").weight, 1, 1e-9);
  EXPECT_EQ(scoreboard_.View()->last_switch->reason, "by hand: maintenance");
  EXPECT_THAT(scoreboard_.SwitchGroup("relay", ""), IsOk());
  EXPECT_NEAR(View("a").weight + View("b").weight, 1, 1e-9);
  EXPECT_THAT(scoreboard_.SwitchGroup("spare", ""),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(EmergencyTest, ARestoredSwitchHoldsFromTheBeginning) {
  Scoreboard next(clock_);
  next.RestoreGroup({"direct", "by hand", SwitchedBy::kOperator, {}});
  config::v1::Resources resources = Parse(kThreeProviders);
  resources.mutable_providers(0)->set_group("relay");
  resources.mutable_providers(2)->set_group("direct");
  resources.mutable_policy()->add_group_order("relay");
  resources.mutable_policy()->add_group_order("direct");
  next.Tick();
  next.SetResources(std::make_shared<const config::v1::Resources>(resources),
                    {});
  const auto view = next.View();
  EXPECT_EQ(view->models[0]->targets[0].weight, 0);
  EXPECT_NEAR(view->models[0]->targets[1].weight, 0.5, 1e-9) << "of no group";
  EXPECT_NEAR(view->models[0]->targets[2].weight, 0.5, 1e-9);
}

TEST_F(EmergencyTest, GroupsCountEachTargetOnce) {
  const auto groups = scoreboard_.View()->groups;
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].sight.targets, 2u);
  EXPECT_EQ(groups[0].sight.usable, 2u);
  EXPECT_EQ(groups[1].sight.targets, 1u);
  EXPECT_FALSE(groups[1].active);
  EXPECT_EQ(groups[1].failing_since, std::nullopt);
}

}  // namespace
}  // namespace weir::controlplane
