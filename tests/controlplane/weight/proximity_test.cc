#include "controlplane/weight/proximity.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "controlplane/weight/candidate.h"
#include "gtest/gtest.h"
#include "tests/controlplane/weight/shares.h"

namespace weir::controlplane {
namespace {

using enum Fitness;

struct PlacedGiven {
  Fitness fitness;
  std::string region;
  std::optional<double> milliseconds;
  std::int32_t priority = 0;
  double base_weight = 1;
};

struct ProximityCase {
  std::string name;
  std::string asked_from;
  std::vector<PlacedGiven> given;
  std::vector<double> weights;
  std::vector<std::uint32_t> ranks;
};

class ProximityTest : public ::testing::TestWithParam<ProximityCase> {};

TEST_P(ProximityTest, FollowsTheTable) {
  std::vector<Candidate> candidates;
  for (const PlacedGiven& given : GetParam().given) {
    Candidate& candidate = candidates.emplace_back();
    candidate.fitness = given.fitness;
    candidate.region = given.region;
    candidate.priority = given.priority;
    candidate.base_weight = given.base_weight;
    candidate.score = 90;
    if (given.milliseconds.has_value()) {
      candidate.latency = absl::Milliseconds(*given.milliseconds);
    }
  }
  ExpectShares(Proximity(candidates, {GetParam().asked_from, {}}),
               GetParam().weights, GetParam().ranks);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ProximityTest,
    ::testing::ValuesIn<ProximityCase>({
        {"None", "eu", {}, {}, {}},
        {"TheRegionComesFirstHoweverSlow",
         "eu",
         {{kUsable, "us", 20}, {kUsable, "eu", 900}, {kUsable, "us", 100}},
         {0, 1, 0},
         {1, 0, 2}},
        {"FromTheOtherRegionItIsTheOther",
         "us",
         {{kUsable, "us", 100}, {kUsable, "eu", 20}},
         {1, 0},
         {0, 1}},
        {"InTheRegionTheFastest",
         "eu",
         {{kUsable, "eu", 300}, {kUsable, "eu", 200}, {kUsable, "us", 10}},
         {0, 1, 0},
         {1, 0, 2}},
        // 120 is less than a quarter more than 100.
        {"NearlyEqualLatenciesLeaveItToThePriority",
         "eu",
         {{kUsable, "eu", 100}, {kUsable, "eu", 120, 5}},
         {0, 1},
         {1, 0}},
        {"EqualsShareByBaseWeight",
         "eu",
         {{kUsable, "eu", 100, 0, 3}, {kUsable, "eu", 120}},
         {0.75, 0.25},
         {0, 1}},
        {"AQuarterMoreIsSlower",
         "eu",
         {{kUsable, "eu", 100}, {kUsable, "eu", 126, 5}},
         {1, 0},
         {0, 1}},
        {"Below20MillisecondsAllAreEqual",
         "eu",
         {{kUsable, "eu", 1}, {kUsable, "eu", 19}},
         {0.5, 0.5},
         {0, 1}},
        {"WithoutALatencyComesAfterThose",
         "eu",
         {{kUsable, "eu", kUnknown, 9}, {kUsable, "eu", 5000}},
         {0, 1},
         {1, 0}},
        {"WithoutAnyLatencyThePriorityDecides",
         "eu",
         {{kUsable, "eu", kUnknown}, {kUsable, "eu", kUnknown, 9}},
         {0, 1},
         {1, 0}},
        {"FromNowhereTheFastest",
         "",
         {{kUsable, "eu", 300}, {kUsable, "", 200}},
         {0, 1},
         {1, 0}},
        {"ADeadRegionLeavesItToTheOthers",
         "eu",
         {{kUnfit, "eu", 10}, {kUsable, "us", 90}, {kUsable, "us", 300}},
         {0, 1, 0},
         {2, 0, 1}},
    }),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace weir::controlplane
