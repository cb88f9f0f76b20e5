#include "controlplane/weight/lowest_cost.h"

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

struct PricedGiven {
  Fitness fitness;
  std::optional<double> price;
  double base_weight = 1;
  double allowance = 1;
};

struct LowestCostCase {
  std::string name;
  std::vector<PricedGiven> given;
  std::vector<double> weights;
  std::vector<std::uint32_t> ranks;
};

class LowestCostTest : public ::testing::TestWithParam<LowestCostCase> {};

TEST_P(LowestCostTest, FollowsTheTable) {
  std::vector<Candidate> candidates;
  for (const PricedGiven& given : GetParam().given) {
    Candidate& candidate = candidates.emplace_back();
    candidate.fitness = given.fitness;
    candidate.price = given.price;
    candidate.base_weight = given.base_weight;
    candidate.allowance = given.allowance;
    candidate.score = 90;
  }
  ExpectShares(LowestCost(candidates, {}), GetParam().weights,
               GetParam().ranks);
}

INSTANTIATE_TEST_SUITE_P(
    Table, LowestCostTest,
    ::testing::ValuesIn<LowestCostCase>({
        {"None", {}, {}, {}},
        {"TheCheapestGetsAll",
         {{kUsable, 4.0}, {kUsable, 1.5}, {kUsable, 2.0}},
         {0, 1, 0},
         {2, 0, 1}},
        {"TheCheapestUsable",
         {{kUnfit, 0.1}, {kUsable, 4.0}, {kUsable, 2.0}},
         {0, 0, 1},
         {2, 1, 0}},
        {"EquallyCheapShareByBaseWeight",
         {{kUsable, 2.0, 3}, {kUsable, 2.0, 1}, {kUsable, 3.0, 9}},
         {0.75, 0.25, 0},
         {0, 1, 2}},
        {"FreeIsCheaperThanCheap",
         {{kUsable, 0.01}, {kUsable, 0.0}},
         {0, 1},
         {1, 0}},
        {"WithoutAPriceComesLast",
         {{kUsable, kUnknown}, {kUsable, 50.0}},
         {0, 1},
         {1, 0}},
        {"WithoutAnyPriceBaseWeightsDecide",
         {{kUsable, kUnknown, 3}, {kUsable, kUnknown, 1}},
         {0.75, 0.25},
         {0, 1}},
        // 0.1 to the one that ramps up, 0.8 of the rest to the limited one.
        {"WhatIsNotAllowedGoesToTheNext",
         {{kUsable, 1.0, 1, 0.1}, {kUsable, 2.0, 1, 0.8}, {kUsable, 3.0}},
         {0.1, 0.72, 0.18},
         {0, 1, 2}},
        // 0.5 and half of the other half: two thirds to one third.
        {"WhatNobodyMayHaveIsSharedLikeTheRest",
         {{kUsable, 1.0, 1, 0.5}, {kUsable, 2.0, 1, 0.5}},
         {2. / 3, 1. / 3},
         {0, 1}},
        {"AmongEqualsTheAllowedTakesAll",
         {{kUsable, 1.0, 1, 0}, {kUsable, 1.0}, {kUsable, 2.0}},
         {0, 1, 0},
         {2, 0, 1}},
        {"WhenAllArePausedTheCheapestStillGetsAll",
         {{kUsable, 2.0, 1, 0}, {kUsable, 1.0, 1, 0}},
         {0, 1},
         {1, 0}},
        {"BaseWeightZeroIsForLaterHoweverCheap",
         {{kUsable, 0.1, 0}, {kUsable, 1.0, 1}},
         {0, 1},
         {1, 0}},
        {"AllDead", {{kUnfit, 2.0}, {kUnfit, 1.0}}, {0, 0}, {1, 0}},
    }),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace weir::controlplane
