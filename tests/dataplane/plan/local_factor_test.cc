#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/plan/headroom.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/local_weight.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

const absl::Time kFactorNow = absl::FromUnixSeconds(1000);

TEST(LocalWeightTest, BeginsWhole) {
  EXPECT_EQ(LocalWeight().factor(absl::FromUnixSeconds(5)), 1.0);
}

TEST(LocalWeightTest, OneRefusalTakesAFifthForTenSeconds) {
  LocalWeight weight;
  weight.OnRefused(kFactorNow);
  EXPECT_DOUBLE_EQ(weight.factor(kFactorNow), 0.8);
  EXPECT_DOUBLE_EQ(weight.factor(kFactorNow + absl::Seconds(5)), 0.9);
  EXPECT_DOUBLE_EQ(weight.factor(kFactorNow + absl::Seconds(10)), 1.0);
  EXPECT_DOUBLE_EQ(weight.factor(kFactorNow + absl::Hours(1)), 1.0);
}

TEST(LocalWeightTest, RefusalsMultiplyAndATenthStays) {
  LocalWeight weight;
  weight.OnRefused(kFactorNow);
  weight.OnRefused(kFactorNow);
  EXPECT_DOUBLE_EQ(weight.factor(kFactorNow), 0.64);
  for (int i = 0; i < 100; ++i) weight.OnRefused(kFactorNow);
  EXPECT_DOUBLE_EQ(weight.factor(kFactorNow), 0.1);
  EXPECT_DOUBLE_EQ(weight.factor(kFactorNow + absl::Seconds(45)), 1.0);
}

struct HeadroomCase {
  double left;
  double want;
};

TEST(HeadroomTest, BelowAFifthTheWeightFallsWithWhatIsLeft) {
  EXPECT_EQ(Headroom().factor(kFactorNow), 1.0);
  const std::vector<HeadroomCase> cases = {
      {1, 1},       {0.5, 1},    {0.2, 1},     {0.1, 0.5},
      {0.05, 0.25}, {0.02, 0.1}, {0.001, 0.1}, {0, 0.1}};
  for (const HeadroomCase& c : cases) {
    Headroom headroom;
    headroom.OnTold(c.left, std::nullopt, kFactorNow);
    EXPECT_DOUBLE_EQ(headroom.factor(kFactorNow), c.want) << c.left;
    EXPECT_EQ(headroom.left(kFactorNow), c.left);
  }
}

struct ExpiryCase {
  std::optional<absl::Duration> reset;
  absl::Duration want;
};

TEST(HeadroomTest, ItIsForgottenWhenTheLimitIsWholeAgainAfterAMinuteAtLatest) {
  const std::vector<ExpiryCase> cases = {
      {std::nullopt, absl::Minutes(1)},
      {absl::Milliseconds(20), absl::Milliseconds(20)},
      {absl::Minutes(6), absl::Minutes(1)},
      {absl::InfiniteDuration(), absl::Minutes(1)},
  };
  for (const ExpiryCase& c : cases) {
    Headroom headroom;
    headroom.OnTold(0, c.reset, kFactorNow);
    const absl::Time end = kFactorNow + c.want;
    EXPECT_EQ(headroom.left(end - absl::Nanoseconds(1)), 0.0);
    EXPECT_EQ(headroom.left(end), std::nullopt);
    EXPECT_EQ(headroom.factor(end), 1.0);
  }
}

TEST(LocalFactorTest, IsTheProductOfWhatSpeaksAgainstATarget) {
  Evidence evidence;
  EXPECT_EQ(LocalFactor(evidence, kFactorNow), 1.0);
  evidence.local_weight.OnRefused(kFactorNow);
  evidence.headroom.OnTold(0.1, std::nullopt, kFactorNow);
  EXPECT_DOUBLE_EQ(LocalFactor(evidence, kFactorNow), 0.8 * 0.5);
}

}  // namespace
}  // namespace weir::dataplane
