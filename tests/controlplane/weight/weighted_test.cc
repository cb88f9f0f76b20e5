#include "controlplane/weight/weighted.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controlplane/weight/candidate.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

constexpr Fitness kUsable = Fitness::kUsable;
constexpr Fitness kUnfit = Fitness::kUnfit;
constexpr Fitness kExcluded = Fitness::kExcluded;
constexpr std::nullopt_t kUnknown = std::nullopt;

struct Given {
  Fitness fitness;
  double base_weight;
  std::optional<double> score;
};

struct WeightedCase {
  std::string name;
  std::vector<Given> given;
  std::vector<double> weights;
  std::vector<std::uint32_t> ranks;
};

class WeightedTest : public ::testing::TestWithParam<WeightedCase> {};

TEST_P(WeightedTest, FollowsTheTable) {
  std::vector<Candidate> candidates;
  for (const Given& given : GetParam().given) {
    Candidate& candidate = candidates.emplace_back();
    candidate.fitness = given.fitness;
    candidate.base_weight = given.base_weight;
    candidate.score = given.score;
  }
  const std::vector<Share> shares = Weighted(candidates, "");
  ASSERT_EQ(shares.size(), GetParam().weights.size());
  double sum = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    EXPECT_NEAR(shares[i].weight, GetParam().weights[i], 1e-12) << "at " << i;
    EXPECT_EQ(shares[i].rank, GetParam().ranks[i]) << "at " << i;
    sum += shares[i].weight;
  }
  EXPECT_TRUE(sum == 0 || std::abs(sum - 1) < 1e-12) << sum;
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
        {"OnTrialIsUsable",
         {{Fitness::kOnTrial, 1, 80}, {kUsable, 1, 80}},
         {0.5, 0.5},
         {0, 1}},
    }),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace weir::controlplane
