#include "controlplane/alert/credential_switches.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/controlplane/alert/sample_fleet.h"

namespace weir::controlplane {
namespace {

constexpr auto kUsable = CredentialState::kUsable;
constexpr auto kRefused = CredentialState::kRefused;

struct SwitchCase {
  std::string name;
  std::vector<CredentialState> before;
  std::vector<CredentialState> after;
  // Empty: no switch.
  std::string want;
};

class CredentialSwitchesTest : public ::testing::TestWithParam<SwitchCase> {};

TEST_P(CredentialSwitchesTest, FollowsTheTable) {
  FleetView before;
  FleetView after;
  AddCredentials(GetParam().before, before);
  AddCredentials(GetParam().after, after);
  const auto switches = CredentialSwitches(before, after);
  if (GetParam().want.empty()) {
    EXPECT_TRUE(switches.empty());
    return;
  }
  ASSERT_EQ(switches.size(), 1u);
  EXPECT_EQ(switches[0], (CredentialSwitch{"a", GetParam().want}));
}

INSTANTIATE_TEST_SUITE_P(
    Table, CredentialSwitchesTest,
    ::testing::ValuesIn<SwitchCase>({
        {"Nothing", {kUsable, kUsable}, {kUsable, kUsable}, ""},
        {"ToTheBackup",
         {kUsable, kUsable},
         {kRefused, kUsable},
         "provider a is called with env:1 instead of env:0: HTTP 401"},
        {"AndBack",
         {kRefused, kUsable},
         {kUsable, kUsable},
         "provider a is called with env:0 instead of env:1"},
        {"TheBackupAlone", {kUsable, kUsable}, {kUsable, kRefused}, ""},
        {"NoneIsLeft",
         {kRefused, kUsable},
         {kRefused, kRefused},
         "provider a is called with none that is known to work instead of "
         "env:1: HTTP 401"},
        {"AnotherConfiguration", {kUsable}, {kRefused, kUsable}, ""},
    }),
    [](const auto& test) { return test.param.name; });

TEST(CredentialSwitchesTest, ANewProviderIsNoSwitch) {
  FleetView after;
  AddCredentials({kRefused, kUsable}, after);
  EXPECT_TRUE(CredentialSwitches(FleetView(), after).empty());
}

}  // namespace
}  // namespace weir::controlplane
