#include "controlplane/weights_hold.h"

#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/health/target_state.h"
#include "controlplane/scoreboard.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

struct HoldCase {
  const char* name;
  absl::Duration age;
  TargetState state;
  bool turning;
  bool holds;
};

class WeightsHoldTest : public ::testing::TestWithParam<HoldCase> {};

TEST_P(WeightsHoldTest, FollowsTheTable) {
  FleetView fleet;
  ModelView model{};
  for (const char* provider : {"sound", "asked"}) {
    TargetView& target = model.targets.emplace_back();
    target.provider = provider;
    target.upstream_model = "m";
    target.state = TargetState::kHealthy;
  }
  model.targets[1].state = GetParam().state;
  fleet.models.push_back(std::move(model));
  EXPECT_EQ(HoldsWeights(GetParam().age, fleet,
                         [](const TargetId& target) {
                           return GetParam().turning &&
                                  target == MakeTargetId("asked", "m");
                         }),
            GetParam().holds);
}

INSTANTIATE_TEST_SUITE_P(
    Table, WeightsHoldTest,
    ::testing::ValuesIn<HoldCase>({
        {"NodesAreStillComing", absl::Seconds(4), TargetState::kHealthy, false,
         true},
        {"AllIsKnown", absl::Seconds(5), TargetState::kHealthy, false, false},
        {"DeathIsKnowledgeToo", absl::Seconds(5), TargetState::kUnhealthy,
         false, false},
        {"OneIsUnknown", absl::Seconds(5), TargetState::kUnknown, false, true},
        {"OneIsAboutToDie", absl::Seconds(5), TargetState::kHealthy, true,
         true},
        {"SwitchedOffIsNobodysConcern", absl::Seconds(5),
         TargetState::kDisabled, false, false},
        {"NobodyWaitsForEver", absl::Seconds(20), TargetState::kUnknown, true,
         false},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::controlplane
