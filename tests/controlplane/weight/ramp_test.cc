#include "controlplane/weight/ramp.h"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

constexpr absl::Time kNow = absl::FromUnixSeconds(1000);
constexpr absl::Duration kRamp = absl::Seconds(30);

TEST(RampFactorTest, IsWholeForWhatNeverWasDown) {
  EXPECT_EQ(RampFactor(std::nullopt, kRamp, kNow), 1);
}

TEST(RampFactorTest, GrowsFromATenthToTheWhole) {
  const auto after = [](absl::Duration time) {
    return RampFactor(kNow - time, kRamp, kNow);
  };
  EXPECT_DOUBLE_EQ(after(absl::ZeroDuration()), 0.1);
  EXPECT_DOUBLE_EQ(after(absl::Seconds(3)), 0.1);
  EXPECT_DOUBLE_EQ(after(absl::Seconds(15)), 0.5);
  EXPECT_DOUBLE_EQ(after(absl::Seconds(30)), 1);
  EXPECT_DOUBLE_EQ(after(absl::Hours(1)), 1);
}

TEST(RampFactorTest, WithoutARampIsWholeAtOnce) {
  EXPECT_EQ(RampFactor(kNow, absl::ZeroDuration(), kNow), 1);
}

struct StepCase {
  std::string name;
  std::vector<double> before;
  std::vector<double> goal;
  double max_step;
  std::vector<double> want;
  // Positions.
  std::set<std::size_t> gone = {};
};

class StepTest : public ::testing::TestWithParam<StepCase> {};

TEST_P(StepTest, FollowsTheTable) {
  std::vector<bool> gone(GetParam().goal.size());
  for (std::size_t i : GetParam().gone) gone[i] = true;
  const std::vector<double> result = StepTowards(
      GetParam().before, GetParam().goal, gone, GetParam().max_step);
  ASSERT_EQ(result.size(), GetParam().want.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    EXPECT_NEAR(result[i], GetParam().want[i], 1e-12) << "at " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, StepTest,
    ::testing::ValuesIn<StepCase>({
        {"Nothing", {}, {}, 0.1, {}},
        {"SmallMovesAreWhole", {0.5, 0.5}, {0.45, 0.55}, 0.1, {0.45, 0.55}},
        {"LargeMovesAreCut", {0.5, 0.5}, {0.1, 0.9}, 0.1, {0.4, 0.6}},
        // A quarter of the way for all, so that the sum stays 1.
        {"AllMoveByTheSamePart",
         {0.8, 0.1, 0.1},
         {0.4, 0.4, 0.2},
         0.1,
         {0.7, 0.175, 0.125}},
        {"DeathIsAtOnce",
         {0.5, 0.3, 0.2},
         {0, 0.6, 0.4},
         0,
         {0, 0.6, 0.4},
         {0}},
        {"ToBeNoLongerPreferredIsNoDeath", {1, 0}, {0, 1}, 0.2, {0.8, 0.2}},
        // The dead one's share goes round as the others stood: 0.75 and 0.25.
        {"TheRestOfTheMoveWaits",
         {0.6, 0.3, 0.1},
         {0, 0.5, 0.5},
         0.05,
         {0, 0.7, 0.3},
         {0}},
        {"AllDead", {0.5, 0.5}, {0, 0}, 0.1, {0, 0}, {0, 1}},
        {"FromNothingAtOnce", {0, 0}, {0.3, 0.7}, 0.1, {0.3, 0.7}},
        {"FromTheDeadAtOnce", {1, 0}, {0, 1}, 0.1, {0, 1}, {0}},
        {"NoTimeNoMove", {0.5, 0.5}, {0.1, 0.9}, 0, {0.5, 0.5}},
    }),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace weir::controlplane
