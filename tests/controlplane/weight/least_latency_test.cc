#include "controlplane/weight/least_latency.h"

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

struct TimedGiven {
  Fitness fitness;
  double base_weight;
  std::optional<double> milliseconds;
};

struct LeastLatencyCase {
  std::string name;
  std::vector<TimedGiven> given;
  std::vector<double> weights;
  std::vector<std::uint32_t> ranks;
};

class LeastLatencyTest : public ::testing::TestWithParam<LeastLatencyCase> {};

TEST_P(LeastLatencyTest, FollowsTheTable) {
  std::vector<Candidate> candidates;
  for (const TimedGiven& given : GetParam().given) {
    Candidate& candidate = candidates.emplace_back();
    candidate.fitness = given.fitness;
    candidate.base_weight = given.base_weight;
    if (given.milliseconds.has_value()) {
      candidate.latency = absl::Milliseconds(*given.milliseconds);
    }
  }
  ExpectShares(LeastLatency(candidates, {}), GetParam().weights,
               GetParam().ranks);
}

INSTANTIATE_TEST_SUITE_P(
    Table, LeastLatencyTest,
    ::testing::ValuesIn<LeastLatencyCase>({
        {"None", {}, {}, {}},
        // 10 + 990 : 10 + 490.
        {"TheFasterGetsMore",
         {{kUsable, 1, 10}, {kUsable, 1, 510}},
         {1000. / 1500, 500. / 1500},
         {0, 1}},
        // 20 x slower: 10 + 900 : 10 + 0.
        {"BeyondASecondOnlyTheWeightIsLeft",
         {{kUsable, 1, 100}, {kUsable, 1, 2000}},
         {910. / 920, 10. / 920},
         {0, 1}},
        // 30 + 0 : 10 + 0.
        {"WhenAllAreSlowBaseWeightsDecide",
         {{kUsable, 3, 4000}, {kUsable, 1, 2000}},
         {0.75, 0.25},
         {0, 1}},
        {"WhenNoLatencyIsKnownBaseWeightsDecide",
         {{kUsable, 3, std::nullopt}, {kUsable, 1, std::nullopt}},
         {0.75, 0.25},
         {0, 1}},
        // The unknown one counts as 200 ms: 910, 810, 710.
        {"TheUnknownCountAsTheAverage",
         {{kUsable, 1, 100}, {kUsable, 1, std::nullopt}, {kUsable, 1, 300}},
         {910. / 2430, 810. / 2430, 710. / 2430},
         {0, 1, 2}},
        {"TheDeadGetNothingHoweverFast",
         {{kUnfit, 1, 1}, {kUsable, 1, 900}},
         {0, 1},
         {1, 0}},
        {"BaseWeightZeroIsForLater",
         {{kUsable, 0, 1}, {kUsable, 1, 900}},
         {0, 1},
         {1, 0}},
    }),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace weir::controlplane
