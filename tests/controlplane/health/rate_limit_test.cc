#include "controlplane/health/rate_limit.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

struct RateLimitCase {
  std::string name;
  // Seconds at which a report tells of 429s, then at which the factor is asked.
  std::vector<double> limited_at;
  double asked_at;
  double factor;
};

class RateLimitTest : public ::testing::TestWithParam<RateLimitCase> {};

TEST_P(RateLimitTest, FollowsTheTable) {
  const absl::Time start = absl::FromUnixSeconds(1000);
  RateLimit limit;
  for (double at : GetParam().limited_at) {
    limit.OnLimited(start + absl::Seconds(at));
  }
  EXPECT_NEAR(limit.Factor(start + absl::Seconds(GetParam().asked_at)),
              GetParam().factor, 1e-9);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RateLimitTest,
    ::testing::ValuesIn<RateLimitCase>({
        {"NeverLimited", {}, 0, 1},
        {"OneStep", {0}, 0, 0.8},
        {"GrowsBackByTwoHundredthsASecond", {0}, 5, 0.9},
        {"IsWholeAgainAfterTenSeconds", {0}, 10, 1},
        {"AndNeverMoreThanWhole", {0}, 1000, 1},
        {"ManyNodesOfOneSecondAreOneStep", {0, 0.1, 0.5, 0.9}, 0.9, 0.818},
        // 0.8 x (0.8 + 0.02 x 2).
        {"StepsMultiply", {0, 2}, 2, 0.672},
        // 0.8; 0.8 x 0.82 = 0.656; 0.8 x 0.676.
        {"AStepEachSecond", {0, 1, 2}, 2, 0.5408},
    }),
    [](const auto& each) { return each.param.name; });

struct HeadroomCase {
  std::string name;
  std::optional<double> headroom;
  double factor;
};

class HeadroomTest : public ::testing::TestWithParam<HeadroomCase> {};

TEST_P(HeadroomTest, FollowsTheTable) {
  EXPECT_NEAR(HeadroomFactor(GetParam().headroom), GetParam().factor, 1e-9);
}

INSTANTIATE_TEST_SUITE_P(Table, HeadroomTest,
                         ::testing::ValuesIn<HeadroomCase>({
                             {"NobodySaid", std::nullopt, 1},
                             {"All", 1.0, 1},
                             {"AFifthIsEnough", 0.2, 1},
                             {"ATenthIsHalf", 0.1, 0.5},
                             {"AFiftiethIsATenth", 0.02, 0.1},
                             {"NothingStillLetsSomebodyFindOut", 0.0, 0.05},
                         }),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace weir::controlplane
