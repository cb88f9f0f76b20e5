#include "controlplane/weight/weighted.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controlplane/weight/candidate.h"
#include "gtest/gtest.h"
#include "tests/controlplane/weight/shares.h"

namespace weir::controlplane {
namespace {

using enum Fitness;

struct WeightedGiven {
  Fitness fitness;
  double base_weight;
  std::optional<double> score;
  double allowance = 1;
};

struct WeightedCase {
  std::string name;
  std::vector<WeightedGiven> given;
  std::vector<double> weights;
  std::vector<std::uint32_t> ranks;
};

class WeightedTest : public ::testing::TestWithParam<WeightedCase> {};

TEST_P(WeightedTest, FollowsTheTable) {
  std::vector<Candidate> candidates;
  for (const WeightedGiven& given : GetParam().given) {
    Candidate& candidate = candidates.emplace_back();
    candidate.fitness = given.fitness;
    candidate.base_weight = given.base_weight;
    candidate.score = given.score;
    candidate.allowance = given.allowance;
  }
  ExpectShares(Weighted(candidates, {}), GetParam().weights, GetParam().ranks);
}

INSTANTIATE_TEST_SUITE_P(
    Table, WeightedTest,
    ::testing::ValuesIn<WeightedCase>({
        {"None", {}, {}, {}},
        {"OneGetsAll", {{kUsable, 3, 60}}, {1}, {0}},
        {"AllEqualShareInTheirOrder",
         {{kUsable, 1, 90}, {kUsable, 1, 90}, {kUsable, 1, 90}},
         {1. / 3, 1. / 3, 1. / 3},
         {0, 1, 2}},
        {"BaseWeightsAsTheyAre",
         {{kUsable, 1, 80}, {kUsable, 3, 80}},
         {0.25, 0.75},
         {1, 0}},
        // 1 x 60 : 1 x 90 : 2 x 75.
        {"BaseWeightTimesScore",
         {{kUsable, 1, 60}, {kUsable, 1, 90}, {kUsable, 2, 75}},
         {0.2, 0.3, 0.5},
         {2, 1, 0}},
        {"AllDead", {{kUnfit, 1, 0}, {kUnfit, 1, 0}}, {0, 0}, {0, 1}},
        {"TheDeadGiveTheirShareToTheLiving",
         {{kUnfit, 5, 90}, {kUsable, 1, 80}, {kUsable, 1, 80}},
         {0, 0.5, 0.5},
         {2, 0, 1}},
        {"AllUnknownByBaseWeight",
         {{kUsable, 1, kUnknown}, {kUsable, 3, kUnknown}},
         {0.25, 0.75},
         {1, 0}},
        // The unknown one counts as (60 + 80) / 2.
        {"TheUnknownCountAsTheAverage",
         {{kUsable, 1, 60}, {kUsable, 1, kUnknown}, {kUsable, 1, 80}},
         {60. / 210, 70. / 210, 80. / 210},
         {2, 1, 0}},
        {"TheDeadDoNotSpoilTheAverage",
         {{kUnfit, 1, 0}, {kUsable, 1, kUnknown}, {kUsable, 1, 80}},
         {0, 0.5, 0.5},
         {2, 0, 1}},
        {"BaseWeightZeroIsForLater",
         {{kUsable, 0, 100}, {kUsable, 1, 60}},
         {0, 1},
         {1, 0}},
        {"UnlessNothingElseIsLeft",
         {{kUsable, 0, 100}, {kUnfit, 1, 60}, {kUsable, 0, 60}},
         {0.5, 0, 0.5},
         {0, 2, 1}},
        {"ScoresOfZeroLeaveBaseWeights",
         {{kUsable, 1, 0}, {kUsable, 3, 0}},
         {0.25, 0.75},
         {1, 0}},
        {"ExcludedComeAfterTheUnfit",
         {{kExcluded, 9, 100}, {kUnfit, 1, 10}, {kUsable, 1, 60}},
         {0, 0, 1},
         {2, 1, 0}},
        {"TheUnfitByScore",
         {{kUnfit, 1, 10}, {kUnfit, 1, 40}, {kUsable, 1, 60}},
         {0, 0, 1},
         {2, 1, 0}},
        // 1 x 80 x 0.25 : 1 x 80.
        {"AnAllowanceIsAFactor",
         {{kUsable, 1, 80, 0.25}, {kUsable, 1, 80}},
         {0.2, 0.8},
         {1, 0}},
        {"WithoutAllowanceNothingAndTriedAfterTheOthers",
         {{kUsable, 9, 100, 0}, {kUsable, 1, 60}, {kUsable, 0, 60}},
         {0, 1, 0},
         {1, 0, 2}},
        {"WhenNobodyIsAllowedAllAre",
         {{kUsable, 3, 80, 0}, {kUsable, 1, 80, 0}},
         {0.75, 0.25},
         {0, 1}},
        {"OnTrialIsUsable",
         {{Fitness::kOnTrial, 1, 80}, {kUsable, 1, 80}},
         {0.5, 0.5},
         {0, 1}},
    }),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace weir::controlplane
