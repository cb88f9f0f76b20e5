#include "controlplane/weight/fixed_share.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controlplane/weight/candidate.h"
#include "controlplane/weight/priority.h"
#include "controlplane/weight/strategy.h"
#include "controlplane/weight/weighted.h"
#include "gtest/gtest.h"
#include "tests/controlplane/weight/shares.h"

namespace weir::controlplane {
namespace {

using enum Fitness;
constexpr std::nullopt_t kFree = std::nullopt;

struct SharedGiven {
  Fitness fitness;
  std::optional<double> fixed_share;
  double base_weight = 1;
  double allowance = 1;
};

struct FixedShareCase {
  std::string name;
  Strategy strategy;
  std::vector<SharedGiven> given;
  std::vector<double> weights;
  std::vector<std::uint32_t> ranks;
};

class FixedShareTest : public ::testing::TestWithParam<FixedShareCase> {};

TEST_P(FixedShareTest, FollowsTheTable) {
  std::vector<Candidate> candidates;
  for (const SharedGiven& given : GetParam().given) {
    Candidate& candidate = candidates.emplace_back();
    candidate.fitness = given.fitness;
    candidate.fixed_share = given.fixed_share;
    candidate.base_weight = given.base_weight;
    candidate.allowance = given.allowance;
  }
  ExpectShares(ShareAroundFixed(GetParam().strategy, candidates, {}),
               GetParam().weights, GetParam().ranks);
}

INSTANTIATE_TEST_SUITE_P(
    Table, FixedShareTest,
    ::testing::ValuesIn<FixedShareCase>({
        {"None", &Weighted, {}, {}, {}},
        {"WithoutOneTheStrategyDecides",
         &Weighted,
         {{kUsable, kFree, 3}, {kUsable, kFree, 1}},
         {0.75, 0.25},
         {0, 1}},
        {"TheOthersShareTheRest",
         &Weighted,
         {{kUsable, 0.2, 9}, {kUsable, kFree, 3}, {kUsable, kFree, 1}},
         {0.2, 0.6, 0.2},
         {0, 1, 2}},
        {"TheRestIsTheStrategysAlsoWhenItChoseTheFixed",
         &Priority,
         {{kUsable, 0.1}, {kUsable, kFree}, {kUsable, kFree}},
         {0.1, 0.9, 0},
         {0, 1, 2}},
        {"AShareOfZero",
         &Weighted,
         {{kUsable, 0.0, 9}, {kUsable, kFree, 1}},
         {0, 1},
         {0, 1}},
        {"TheDeadLoseTheirFixedShare",
         &Weighted,
         {{kUnfit, 0.9}, {kUsable, 0.1}, {kUsable, kFree}},
         {0, 0.1, 0.9},
         {2, 0, 1}},
        {"WhenOnlyFixedAreLeftTheyFillTheWhole",
         &Weighted,
         {{kUsable, 0.1}, {kUsable, 0.3}, {kUnfit, kFree}},
         {0.25, 0.75, 0},
         {0, 1, 2}},
        {"WhenOnlyZeroesAreLeftTheStrategyDecides",
         &Weighted,
         {{kUsable, 0.0, 3}, {kUsable, 0.0, 1}},
         {0.75, 0.25},
         {0, 1}},
        {"WhatItIsNotAllowedGoesToTheOthers",
         &Weighted,
         {{kUsable, 0.8, 1, 0.5}, {kUsable, kFree}},
         {0.4, 0.6},
         {1, 0}},
        {"BaseWeightZeroDoesNotMatterToAFixedShare",
         &Weighted,
         {{kUsable, 0.3, 0}, {kUsable, kFree}},
         {0.3, 0.7},
         {1, 0}},
        {"AllDead", &Weighted, {{kUnfit, 0.5}, {kUnfit, 0.5}}, {0, 0}, {0, 1}},
    }),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace weir::controlplane
