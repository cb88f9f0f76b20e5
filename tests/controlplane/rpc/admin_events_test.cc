// Groups, alerts and events over the Admin service, and whose changes are.

#include "absl/time/time.h"
#include "controlplane/access/actor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/rpc/admin_service_fixture.h"
#include "tests/controlplane/sample_resources.h"
#include "tests/testing/status_matchers.h"
#include "weir/admin/v1/admin.grpc.pb.h"

namespace weir::controlplane {
namespace {

using ::testing::SizeIs;
using ::weir::testing::IsOk;

TEST_F(AdminServiceTest, AChangeIsItsCallers) {
  EXPECT_EQ(TakeAuthor(), Actor());
  const Actor caller{"token ci", "operator"};
  admin::v1::SetProviderModeRequest mode;
  mode.set_name("east");
  mode.set_mode(config::v1::MODE_DRAINING);
  ASSERT_TRUE(Call(&admin::v1::Admin::Stub::SetProviderMode, mode).first.ok());
  EXPECT_EQ(TakeAuthor(), caller);
  admin::v1::ApplyRequest apply;
  *apply.mutable_resources() = SampleResources();
  ASSERT_TRUE(Call(&admin::v1::Admin::Stub::Apply, apply).first.ok());
  EXPECT_EQ(TakeAuthor(), caller);
  admin::v1::CreateClientKeyRequest key;
  key.set_name("fresh");
  ASSERT_TRUE(Call(&admin::v1::Admin::Stub::CreateClientKey, key).first.ok());
  EXPECT_EQ(TakeAuthor(), caller);
}

// east is the relay, west is direct.
void Group(config::v1::Resources& resources) {
  resources.mutable_providers(0)->set_group("relay");
  resources.mutable_providers(1)->set_group("direct");
  resources.mutable_policy()->add_group_order("relay");
  resources.mutable_policy()->add_group_order("direct");
}

TEST_F(AdminServiceTest, GroupsAreShownAndSwitched) {
  EXPECT_THAT(
      Call(&admin::v1::Admin::Stub::GetGroups, admin::v1::GetGroupsRequest())
          .second.groups(),
      SizeIs(0));
  config::v1::Resources resources = SampleResources();
  Group(resources);
  ASSERT_THAT(registry_->Apply(resources, {}), IsOk());
  admin::v1::SwitchGroupRequest change;
  change.set_group("direct");
  change.set_reason("a test");
  ASSERT_TRUE(Call(&admin::v1::Admin::Stub::SwitchGroup, change).first.ok());
  const admin::v1::GetGroupsResponse groups =
      Call(&admin::v1::Admin::Stub::GetGroups, admin::v1::GetGroupsRequest())
          .second;
  ASSERT_THAT(groups.groups(), SizeIs(2));
  EXPECT_EQ(groups.groups(0).group(), "relay");
  EXPECT_FALSE(groups.groups(0).active());
  EXPECT_EQ(groups.groups(0).targets(), 1);
  EXPECT_EQ(groups.groups(0).usable(), 1);
  EXPECT_FALSE(groups.groups(0).has_failing_since());
  EXPECT_TRUE(groups.groups(1).active());
  EXPECT_EQ(groups.reason(), "by hand: a test");
  EXPECT_EQ(groups.switched_at().seconds(),
            absl::ToUnixSeconds(clock_.WallNow()));

  EXPECT_EQ(scoreboard_.View()->last_switch->actor,
            (Actor{"token ci", "operator"}));

  change.set_group("nobody");
  EXPECT_EQ(
      Call(&admin::v1::Admin::Stub::SwitchGroup, change).first.error_code(),
      grpc::StatusCode::NOT_FOUND);
}

TEST_F(AdminServiceTest, AlertsAndEventsAreListed) {
  config::v1::Resources resources = SampleResources();
  Group(resources);
  ASSERT_THAT(registry_->Apply(resources, {}), IsOk());
  alerts_.Look(scoreboard_.View());
  ASSERT_THAT(scoreboard_.SwitchGroup("direct", ""), IsOk());
  alerts_.Look(scoreboard_.View());

  const admin::v1::ListAlertsResponse alerts =
      Call(&admin::v1::Admin::Stub::ListAlerts, admin::v1::ListAlertsRequest())
          .second;
  ASSERT_THAT(alerts.alerts(), SizeIs(1));
  EXPECT_EQ(alerts.alerts(0).id(), "group_switch:direct");
  EXPECT_EQ(alerts.alerts(0).severity(), "info");
  EXPECT_FALSE(alerts.alerts(0).has_resolved_at());

  admin::v1::ListEventsRequest request;
  EXPECT_THAT(
      Call(&admin::v1::Admin::Stub::ListEvents, request).second.events(),
      SizeIs(2));
  request.set_limit(1);
  const admin::v1::ListEventsResponse events =
      Call(&admin::v1::Admin::Stub::ListEvents, request).second;
  ASSERT_THAT(events.events(), SizeIs(1));
  EXPECT_EQ(events.events(0).kind(), "alert_raised");
  EXPECT_EQ(events.events(0).subject(), "direct");
}

}  // namespace
}  // namespace weir::controlplane
