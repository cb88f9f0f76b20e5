#include "controlplane/weight/priority.h"

#include <cstdint>
#include <string>
#include <vector>

#include "controlplane/weight/candidate.h"
#include "gtest/gtest.h"
#include "tests/controlplane/weight/shares.h"

namespace weir::controlplane {
namespace {

using enum Fitness;

struct RankedGiven {
  Fitness fitness;
  std::int32_t priority;
  double base_weight = 1;
  double allowance = 1;
};

struct PriorityCase {
  std::string name;
  std::vector<RankedGiven> given;
  std::vector<double> weights;
  std::vector<std::uint32_t> ranks;
};

class PriorityTest : public ::testing::TestWithParam<PriorityCase> {};

TEST_P(PriorityTest, FollowsTheTable) {
  std::vector<Candidate> candidates;
  for (const RankedGiven& given : GetParam().given) {
    Candidate& candidate = candidates.emplace_back();
    candidate.fitness = given.fitness;
    candidate.priority = given.priority;
    candidate.base_weight = given.base_weight;
    candidate.allowance = given.allowance;
  }
  ExpectShares(Priority(candidates, {}), GetParam().weights, GetParam().ranks);
}

INSTANTIATE_TEST_SUITE_P(
    Table, PriorityTest,
    ::testing::ValuesIn<PriorityCase>({
        {"None", {}, {}, {}},
        {"TheHighestGetsAllAndTheRestFollow",
         {{kUsable, 1}, {kUsable, 100}, {kUsable, -5}, {kUsable, 50}},
         {0, 1, 0, 0},
         {2, 0, 3, 1}},
        {"AmongEqualsTheirOrderDecides",
         {{kUsable, 0, 1}, {kUsable, 0, 9}},
         {1, 0},
         {0, 1}},
        {"TheDeadLeaveItToTheNext",
         {{kUnfit, 100}, {kUsable, 50}, {kUsable, 60}},
         {0, 0, 1},
         {2, 1, 0}},
        {"TheSwitchedOffComeLast",
         {{kExcluded, 100}, {kUnfit, 50}, {kUsable, 1}},
         {0, 0, 1},
         {2, 1, 0}},
        {"WhatRampsUpLeavesTheRestToTheNext",
         {{kUsable, 2, 1, 0.3}, {kUsable, 1}},
         {0.3, 0.7},
         {0, 1}},
        {"ThePausedIsTriedAfterTheOthers",
         {{kUsable, 2, 1, 0}, {kUsable, 1}},
         {0, 1},
         {1, 0}},
        {"BaseWeightZeroIsForLater",
         {{kUsable, 9, 0}, {kUsable, 1}},
         {0, 1},
         {1, 0}},
    }),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace weir::controlplane
