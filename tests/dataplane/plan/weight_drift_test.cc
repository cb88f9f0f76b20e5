#include "dataplane/plan/weight_drift.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "dataplane/plan/base_share.h"
#include "dataplane/snapshot.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Pointwise;

constexpr auto kEnabled = config::v1::MODE_ENABLED;

// One model for each list of base weights, all at one sound provider.
RoutingConfig Config(const std::vector<std::vector<double>>& models) {
  RoutingConfig config;
  config.providers.resize(1);
  for (const std::vector<double>& weights : models) {
    ModelEntry model{};
    model.first_target = static_cast<TargetIndex>(config.targets.size());
    for (const double weight : weights) {
      TargetEntry target{};
      target.base_weight = weight;
      target.mode = kEnabled;
      config.targets.push_back(target);
    }
    model.end_target = static_cast<TargetIndex>(config.targets.size());
    config.models.push_back(model);
  }
  return config;
}

std::vector<double> Weights(const std::vector<TargetShare>& shares) {
  std::vector<double> weights;
  for (const TargetShare& share : shares) weights.push_back(share.weight);
  return weights;
}

std::vector<std::uint32_t> Ranks(const std::vector<TargetShare>& shares) {
  std::vector<std::uint32_t> ranks;
  for (const TargetShare& share : shares) ranks.push_back(share.rank);
  return ranks;
}

auto Near(std::vector<double> weights) {
  return Pointwise(::testing::DoubleNear(1e-9), std::move(weights));
}

struct TrustCase {
  std::string name;
  absl::Duration age;
  double want;
};

class TrustTest : public ::testing::TestWithParam<TrustCase> {};

TEST_P(TrustTest, FollowsTheTable) {
  EXPECT_THAT(Trust(GetParam().age, absl::Seconds(60)),
              DoubleNear(GetParam().want, 1e-12));
}

INSTANTIATE_TEST_SUITE_P(
    Table, TrustTest,
    ::testing::ValuesIn<TrustCase>({
        {"FreshIsFull", absl::ZeroDuration(), 1},
        {"FullUntilTheTimeToLive", absl::Seconds(60), 1},
        {"AFifthLostAfterAMinute", absl::Seconds(120), 0.8},
        {"HalfWayIsHalf", absl::Seconds(210), 0.5},
        {"NothingAfterFiveMinutes", absl::Seconds(360), 0},
        {"NeverLessThanNothing", absl::Hours(24), 0},
        {"EndlesslyOldIsNothing", absl::InfiniteDuration(), 0},
        {"FromTheFutureIsFresh", absl::Seconds(-5), 1},
    }),
    [](const auto& test) { return test.param.name; });

TEST(BaseShareTest, SumToOnePerModel) {
  EXPECT_THAT(Weights(BaseShares(Config({{3, 1}, {5}}))),
              Near({0.75, 0.25, 1}));
}

TEST(BaseShareTest, AllZeroStaysZero) {
  EXPECT_THAT(Weights(BaseShares(Config({{0, 0}}))), Near({0, 0}));
}

TEST(BaseShareTest, NoTargetsNoShares) {
  EXPECT_TRUE(BaseShares(Config({})).empty());
}

TEST(BaseShareTest, HugeAndTinyWeightsKeepTheirRatio) {
  EXPECT_THAT(Weights(BaseShares(Config({{1e308, 1e308}, {5e-324, 5e-324}}))),
              Near({0.5, 0.5, 0.5, 0.5}));
}

TEST(BaseShareTest, RanksFollowTheFileWithZeroWeightsBehind) {
  EXPECT_THAT(Ranks(BaseShares(Config({{0, 2, 1}, {1, 1}}))),
              ElementsAre(2, 0, 1, 0, 1));
}

TEST(BaseShareTest, WhatIsSwitchedOffGetsNothingAndComesLast) {
  RoutingConfig config = Config({{1, 1, 2}});
  config.targets[0].mode = config::v1::MODE_DRAINING;
  const std::vector<TargetShare> shares = BaseShares(config);
  EXPECT_THAT(Weights(shares), Near({0, 1.0 / 3, 2.0 / 3}));
  EXPECT_THAT(Ranks(shares), ElementsAre(2, 0, 1));
  EXPECT_TRUE(shares[0].forbidden);
  EXPECT_FALSE(shares[1].forbidden);
}

TEST(BaseShareTest, ATargetOfAnUnusableProviderIsForbidden) {
  RoutingConfig config = Config({{1, 1}});
  config.providers.resize(2);
  config.providers[1].unusable_because = "no credential";
  config.targets[1].provider = 1;
  const std::vector<TargetShare> shares = BaseShares(config);
  EXPECT_THAT(Weights(shares), Near({1, 0}));
  EXPECT_TRUE(shares[1].forbidden);
}

TEST(BaseShareTest, AModeFromTheFutureIsForbidden) {
  RoutingConfig config = Config({{1}});
  config.targets[0].mode = static_cast<config::v1::Mode>(99);
  EXPECT_TRUE(BaseShares(config)[0].forbidden);
}

TEST(WeightDriftTest, FullTrustIsTheControlPlanesWord) {
  const RoutingConfig config = Config({{1, 1}});
  const std::vector<TargetShare> said = {{0.9, 1, false}, {0.1, 0, false}};
  EXPECT_THAT(Weights(Drift(config, said, 1)), Near({0.9, 0.1}));
}

TEST(WeightDriftTest, HalfTrustIsHalfWayToTheBase) {
  const RoutingConfig config = Config({{1, 1}});
  const std::vector<TargetShare> said = {{0.9, 1, false}, {0.1, 0, false}};
  const std::vector<TargetShare> drifted = Drift(config, said, 0.5);
  EXPECT_THAT(Weights(drifted), Near({0.7, 0.3}));
  EXPECT_THAT(Ranks(drifted), ElementsAre(1, 0));
}

TEST(WeightDriftTest, NoTrustIsTheBaseWithItsRanks) {
  const RoutingConfig config = Config({{3, 1}});
  const std::vector<TargetShare> said = {{0, 1, false}, {1, 0, false}};
  const std::vector<TargetShare> drifted = Drift(config, said, 0);
  EXPECT_THAT(Weights(drifted), Near({0.75, 0.25}));
  EXPECT_THAT(Ranks(drifted), ElementsAre(0, 1));
}

TEST(WeightDriftTest, ADeadModelComesBackWholeAsSoonAsTrustFalls) {
  const RoutingConfig config = Config({{3, 1}});
  const std::vector<TargetShare> said = {{0, 0, false}, {0, 1, false}};
  EXPECT_THAT(Weights(Drift(config, said, 0.99)), Near({0.75, 0.25}));
}

TEST(WeightDriftTest, WhatTheControlPlaneForbadeStaysForbidden) {
  const RoutingConfig config = Config({{1, 1}});
  const std::vector<TargetShare> said = {{1, 0, false}, {0, 1, true}};
  const std::vector<TargetShare> drifted = Drift(config, said, 0);
  EXPECT_THAT(Weights(drifted), Near({1, 0}));
  EXPECT_TRUE(drifted[1].forbidden);
}

TEST(WeightDriftTest, TheReserveOfAnEmergencyGroupGetsNothing) {
  const RoutingConfig config = Config({{1, 1, 2}});
  std::vector<TargetShare> said = {
      {0.9, 0, false}, {0.1, 1, false}, {0, 2, false}};
  said[2].reserve = true;
  // Half way from 0.9 and 0.1 to the base without the reserve, 0.5 each.
  EXPECT_THAT(Weights(Drift(config, said, 0.5)), Near({0.7, 0.3, 0}));
  EXPECT_THAT(Weights(Drift(config, said, 0)), Near({0.5, 0.5, 0}));
}

TEST(WeightDriftTest, TheReserveStaysBehindTheOthersWhateverTheFileSays) {
  const RoutingConfig config = Config({{1, 1}});
  std::vector<TargetShare> said = {{0, 1, false}, {1, 0, false}};
  said[0].reserve = true;
  const std::vector<TargetShare> drifted = Drift(config, said, 0);
  EXPECT_GT(drifted[0].rank, drifted[1].rank);
  EXPECT_TRUE(drifted[0].reserve);
}

}  // namespace
}  // namespace weir::dataplane
