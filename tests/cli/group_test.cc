#include <string>

#include "absl/time/time.h"
#include "cli/exit_code.h"
#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class GroupTest : public ServedTest {
 protected:
  GroupTest() {
    admin::GroupStatus& relay = *admin_.groups_answer.add_groups();
    relay.set_group("relay");
    relay.set_targets(2);
    relay.mutable_failing_since()->set_seconds(
        absl::ToUnixSeconds(clock_.WallNow()) - 360);
    admin::GroupStatus& direct = *admin_.groups_answer.add_groups();
    direct.set_group("direct");
    direct.set_active(true);
    direct.set_targets(3);
    direct.set_usable(3);
    admin_.groups_answer.set_reason(
        "every target of group relay has failed for 5m");
    admin_.groups_answer.mutable_switched_at()->set_seconds(
        absl::ToUnixSeconds(clock_.WallNow()) - 60);
  }
};

TEST_F(GroupTest, StatusSaysWhichIsActiveAndWhy) {
  EXPECT_EQ(Weirctl({"group", "status"}).out,
            "GROUP   STATE       USABLE  FAILING\n"
            "relay   in reserve  0 of 2  for 6m\n"
            "direct  active      3 of 3  -\n"
            "switched 60s ago, every target of group relay has failed for "
            "5m\n");
}

TEST_F(GroupTest, WithoutASwitchThereIsNothingToExplain) {
  admin_.groups_answer.clear_switched_at();
  admin_.groups_answer.clear_reason();
  EXPECT_THAT(Weirctl({"group", "status"}).out,
              ::testing::Not(HasSubstr("switched")));
}

TEST_F(GroupTest, WithoutGroupsItSaysSo) {
  admin_.groups_answer.Clear();
  EXPECT_EQ(Weirctl({"group", "status"}).out,
            "no emergency groups: policy.group_order is empty\n");
}

TEST_F(GroupTest, JsonAndYamlAreTheAnswer) {
  EXPECT_THAT(Weirctl({"group", "status", "-o", "json"}).out,
              HasSubstr("\"active\": true"));
  EXPECT_THAT(Weirctl({"group", "status", "-o", "yaml"}).out,
              HasSubstr("active: true"));
}

TEST_F(GroupTest, SwitchSendsNameAndReason) {
  const Outcome outcome =
      Weirctl({"group", "switch", "relay", "--reason", "it is back"});
  EXPECT_EQ(outcome.exit_code, kOk) << outcome.err;
  EXPECT_EQ(outcome.out, "group relay is active.\n");
  ASSERT_THAT(admin_.group_switches, SizeIs(1));
  EXPECT_EQ(admin_.group_switches[0].group(), "relay");
  EXPECT_EQ(admin_.group_switches[0].reason(), "it is back");
}

TEST_F(GroupTest, ARefusedSwitchIsExitCodeOne) {
  admin_.refusal = {grpc::StatusCode::NOT_FOUND, "no group spare"};
  const Outcome outcome = Weirctl({"group", "switch", "spare"});
  EXPECT_EQ(outcome.exit_code, kRefused);
  EXPECT_EQ(outcome.err, "weirctl: no group spare\n");
}

TEST_F(GroupTest, ASwitchNeedsAName) {
  EXPECT_EQ(Weirctl({"group", "switch"}).exit_code, kUsage);
  EXPECT_THAT(admin_.group_switches, IsEmpty());
}

}  // namespace
}  // namespace weir::cli
