#include "controlplane/weight/balanced.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "controlplane/weight/candidate.h"
#include "gtest/gtest.h"
#include "tests/controlplane/weight/shares.h"

namespace weir::controlplane {
namespace {

constexpr config::Mix kHealthOnly = {1, 0, 0};
constexpr config::Mix kLatencyOnly = {0, 1, 0};
constexpr config::Mix kCostOnly = {0, 0, 1};
constexpr config::Mix kDefault = {0.4, 0.3, 0.3};

struct BalancedGiven {
  std::optional<double> score;
  std::optional<double> milliseconds;
  std::optional<double> price;
  double base_weight = 1;
};

struct BalancedCase {
  std::string name;
  config::Mix mix;
  std::vector<BalancedGiven> given;
  std::vector<double> weights;
  std::vector<std::uint32_t> ranks;
};

class BalancedTest : public ::testing::TestWithParam<BalancedCase> {};

TEST_P(BalancedTest, FollowsTheTable) {
  std::vector<Candidate> candidates;
  for (const BalancedGiven& given : GetParam().given) {
    Candidate& candidate = candidates.emplace_back();
    candidate.score = given.score;
    if (given.milliseconds.has_value()) {
      candidate.latency = absl::Milliseconds(*given.milliseconds);
    }
    candidate.price = given.price;
    candidate.base_weight = given.base_weight;
  }
  ExpectShares(Balanced(candidates, {"", GetParam().mix}), GetParam().weights,
               GetParam().ranks);
}

INSTANTIATE_TEST_SUITE_P(Table, BalancedTest,
                         ::testing::ValuesIn<BalancedCase>({
                             {"None", kDefault, {}, {}, {}},
                             {"HealthAlone",
                              kHealthOnly,
                              {{60, 100, 9}, {90, 100, 9}},
                              {0.4, 0.6},
                              {1, 0}},
                             // 1 : 100 / 300.
                             {"LatencyAlone",
                              kLatencyOnly,
                              {{90, 100, 9}, {90, 300, 9}},
                              {0.75, 0.25},
                              {0, 1}},
                             // 2 / 8 : 1.
                             {"CostAlone",
                              kCostOnly,
                              {{90, 100, 8}, {90, 100, 2}},
                              {0.2, 0.8},
                              {1, 0}},
                             // 0.4 x 1 + 0.3 x 1 + 0.3 x 1/3 = 0.8 : 0.4 x 0.8
                             // + 0.3 x 1/2 + 0.3 x 1 = 0.77.
                             {"AllThree",
                              kDefault,
                              {{100, 100, 6}, {80, 200, 2}},
                              {0.80 / 1.57, 0.77 / 1.57},
                              {0, 1}},
                             // 0.8 x 3 : 0.77 x 1.
                             {"TimesTheBaseWeight",
                              kDefault,
                              {{100, 100, 6, 3}, {80, 200, 2}},
                              {2.40 / 3.17, 0.77 / 3.17},
                              {0, 1}},
                             {"NothingKnownIsByBaseWeight",
                              kDefault,
                              {{kUnknown, kUnknown, kUnknown, 3},
                               {kUnknown, kUnknown, kUnknown}},
                              {0.75, 0.25},
                              {0, 1}},
                             // Latency parts 1, 1/2 and, as their average, 3/4.
                             {"AnUnknownLatencyIsTheAverage",
                              kLatencyOnly,
                              {{90, 100, 1}, {90, 200, 1}, {90, kUnknown, 1}},
                              {1 / 2.25, 0.5 / 2.25, 0.75 / 2.25},
                              {0, 2, 1}},
                             {"AnUnknownPriceHasNoPart",
                              kCostOnly,
                              {{90, 100, kUnknown}, {90, 100, 2}},
                              {0, 1},
                              {1, 0}},
                             {"FreeIsTheWholePart",
                              kCostOnly,
                              {{90, 100, 0}, {90, 100, 2}, {90, 100, 0}},
                              {0.5, 0, 0.5},
                              {0, 2, 1}},
                         }),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace weir::controlplane
