#include "dataplane/sync/weights_build.h"

#include <google/protobuf/text_format.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/ids.h"
#include "dataplane/snapshot.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pointwise;
using ::testing::SizeIs;

routing::v1::Weights Parse(const std::string& text) {
  routing::v1::Weights weights;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &weights));
  return weights;
}

// A region's entry for model m: `a` and `b` are weights of a/m and b/m.
std::string Region(const std::string& region, const std::string& a,
                   const std::string& b) {
  return "models { model: 'm' regions { region: '" + region +
         "' targets { provider: 'a' upstream_model: 'm' rank: 1 weight: " + a +
         " } targets { provider: 'b' upstream_model: 'm' weight: " + b +
         " } } }";
}

// Model m with targets a/m (base 3) and b/m (base 1).
RoutingConfig Config() {
  RoutingConfig config;
  config.providers.resize(2);
  for (const auto& [name, weight] : {std::pair{"a", 3.0}, {"b", 1.0}}) {
    TargetEntry target{};
    target.id = MakeTargetId(name, "m");
    target.provider = static_cast<ProviderIndex>(config.targets.size());
    target.base_weight = weight;
    target.mode = config::v1::MODE_ENABLED;
    config.targets.push_back(target);
  }
  config.models.push_back(
      {"m", config::v1::MODE_ENABLED, 0, 2, /*fallback=*/{}});
  return config;
}

std::vector<double> Shares(const std::string& text,
                           const std::string& region = "eu") {
  std::vector<double> shares;
  for (const TargetShare& share : SharesFor(Parse(text), Config(), region)) {
    shares.push_back(share.weight);
  }
  return shares;
}

auto Near(double a, double b) {
  return Pointwise(DoubleNear(1e-9), std::vector<double>{a, b});
}

TEST(SharesForTest, NothingSaidIsTheBase) {
  EXPECT_THAT(Shares(""), Near(0.75, 0.25));
}

TEST(SharesForTest, TheWordCounts) {
  EXPECT_THAT(Shares(Region("", "0.1", "0.9")), Near(0.1, 0.9));
}

TEST(SharesForTest, TheNodesOwnRegionGoesBeforeTheRest) {
  const std::string text =
      "models { model: 'm' "
      "regions { targets { provider: 'a' upstream_model: 'm' weight: 1 } "
      "          targets { provider: 'b' upstream_model: 'm' weight: 0 } } "
      "regions { region: 'eu' "
      "          targets { provider: 'a' upstream_model: 'm' weight: 0 } "
      "          targets { provider: 'b' upstream_model: 'm' weight: 1 } } }";
  EXPECT_THAT(Shares(text, "eu"), Near(0, 1));
  EXPECT_THAT(Shares(text, "us"), Near(1, 0));
  EXPECT_THAT(Shares(text, ""), Near(1, 0));
}

TEST(SharesForTest, AnotherRegionsEntryIsNotForUs) {
  EXPECT_THAT(Shares(Region("us", "0.1", "0.9"), "eu"), Near(0.75, 0.25));
}

TEST(SharesForTest, AllDeadStaysAllZero) {
  EXPECT_THAT(Shares(Region("", "0", "0")), Near(0, 0));
}

TEST(SharesForTest, WhatDoesNotSumToOneIsScaled) {
  EXPECT_THAT(Shares(Region("", "0.2", "0.2")), Near(0.5, 0.5));
}

TEST(SharesForTest, ATargetNobodySpokeOfHasItsBaseAndComesLast) {
  const auto shares =
      SharesFor(Parse("models { model: 'm' regions { targets { provider: 'a' "
                      "upstream_model: 'm' weight: 1 rank: 7 } } }"),
                Config(), "");
  // 1 said and 0.25 of base, scaled to sum to 1.
  EXPECT_NEAR(shares[0].weight, 0.8, 1e-9);
  EXPECT_NEAR(shares[1].weight, 0.2, 1e-9);
  EXPECT_LT(shares[0].rank, shares[1].rank);
}

TEST(SharesForTest, RanksOfTheWordCount) {
  const auto shares = SharesFor(Parse(Region("", "0.5", "0.5")), Config(), "");
  EXPECT_EQ(shares[0].rank, 1u);
  EXPECT_EQ(shares[1].rank, 0u);
}

TEST(SharesForTest, TheLargestRankDoesNotWrapRound) {
  const auto shares =
      SharesFor(Parse("models { model: 'm' regions { targets { provider: 'a' "
                      "upstream_model: 'm' weight: 1 rank: 4294967295 } } }"),
                Config(), "");
  EXPECT_LT(shares[0].rank, shares[1].rank);
}

TEST(SharesForTest, UnknownModelsAndTargetsAreSkipped) {
  EXPECT_THAT(
      Shares("models { model: 'x' regions { targets { provider: 'a' "
             "upstream_model: 'm' weight: 1 } } } "
             "models { model: 'm' regions { "
             "targets { provider: 'gone' upstream_model: 'm' weight: 0.5 } "
             "targets { provider: 'a' upstream_model: 'm' weight: 0.5 } "
             "targets { provider: 'b' upstream_model: 'm' weight: 0 } } }"),
      Near(1, 0));
}

struct StateCase {
  routing::v1::TargetState state;
  bool forbidden;
};

class StateTest : public ::testing::TestWithParam<StateCase> {};

TEST_P(StateTest, OnlyAnOperatorsWillForbids) {
  routing::v1::Weights weights = Parse(Region("", "0.5", "0.5"));
  weights.mutable_models(0)->mutable_regions(0)->mutable_targets(0)->set_state(
      GetParam().state);
  const auto shares = SharesFor(weights, Config(), "");
  EXPECT_EQ(shares[0].forbidden, GetParam().forbidden);
  EXPECT_NEAR(shares[0].weight, GetParam().forbidden ? 0 : 0.5, 1e-9);
  EXPECT_NEAR(shares[1].weight, GetParam().forbidden ? 1 : 0.5, 1e-9);
}

INSTANTIATE_TEST_SUITE_P(Table, StateTest,
                         ::testing::ValuesIn<StateCase>({
                             {routing::v1::TARGET_STATE_UNSPECIFIED, false},
                             {routing::v1::TARGET_STATE_UNKNOWN, false},
                             {routing::v1::TARGET_STATE_HEALTHY, false},
                             {routing::v1::TARGET_STATE_DEGRADED, false},
                             {routing::v1::TARGET_STATE_UNHEALTHY, false},
                             {routing::v1::TARGET_STATE_AUTO_DISABLED, false},
                             {routing::v1::TARGET_STATE_DRAINING, true},
                             {routing::v1::TARGET_STATE_DISABLED, true},
                             {routing::v1::TARGET_STATE_NO_CREDENTIAL, false},
                         }),
                         [](const auto& test) {
                           return routing::v1::TargetState_Name(
                               test.param.state);
                         });

TEST(SharesForTest, WhatTheConfigurationForbidsTheWordCannotAllow) {
  RoutingConfig config = Config();
  config.targets[0].mode = config::v1::MODE_DISABLED;
  const auto shares = SharesFor(Parse(Region("", "0.9", "0.1")), config, "");
  EXPECT_TRUE(shares[0].forbidden);
  EXPECT_NEAR(shares[1].weight, 1, 1e-9);
}

struct LieCase {
  std::string name;
  std::string text;
  std::string problem;
};

class LieTest : public ::testing::TestWithParam<LieCase> {};

TEST_P(LieTest, IsNamed) {
  EXPECT_THAT(ProblemsOf(Parse(GetParam().text)),
              ElementsAre(HasSubstr(GetParam().problem)));
}

INSTANTIATE_TEST_SUITE_P(
    Table, LieTest,
    ::testing::ValuesIn<LieCase>({
        {"NotANumber", Region("", "nan", "0"), "target a/m: weight nan"},
        {"Negative", Region("", "-0.1", "0"), "weight -0.1"},
        {"Infinite", Region("", "inf", "0"), "weight inf"},
        {"MoreThanAll", Region("", "1.5", "0"), "weight 1.5"},
        {"NegativeScore",
         "models { model: 'm' regions { targets { provider: 'a' score: -1 } } "
         "}",
         "score -1"},
        {"ScoreThatIsNone",
         "models { model: 'm' regions { targets { provider: 'a' score: nan } } "
         "}",
         "score nan"},
        {"NegativeLatency",
         "models { model: 'm' regions { targets { provider: 'a' latency_ms: -1 "
         "} } }",
         "latency_ms -1"},
        {"InfiniteLatency",
         "models { model: 'm' regions { targets { provider: 'a' latency_ms: "
         "inf } } }",
         "latency_ms inf"},
        {"ModelTwice", "models { model: 'm' } models { model: 'm' }",
         "model m: is there twice"},
        {"RegionTwice", "models { model: 'm' regions {} regions {} }",
         "region \"\": is there twice"},
        {"TargetTwice",
         "models { model: 'm' regions { targets { provider: 'a' } targets { "
         "provider: 'a' } } }",
         "target a/: is there twice"},
        {"NegativeTimeToLive", "time_to_live { seconds: -1 }", "time_to_live"},
        {"AbsurdTimeToLive", "time_to_live { seconds: 86401 }", "time_to_live"},
    }),
    [](const auto& test) { return test.param.name; });

TEST(ProblemsOfTest, AllAreFoundAtOnce) {
  EXPECT_THAT(ProblemsOf(Parse(Region("", "nan", "-1"))), SizeIs(2));
}

TEST(ProblemsOfTest, HonestWordsHaveNone) {
  EXPECT_THAT(ProblemsOf(Parse(Region("", "0.5", "0.5000001"))), IsEmpty());
  EXPECT_THAT(ProblemsOf({}), IsEmpty());
}

TEST(TimeToLiveTest, IsAMinuteWhereNoneIsStated) {
  EXPECT_EQ(TimeToLive({}), absl::Seconds(60));
  EXPECT_EQ(TimeToLive(Parse("time_to_live { seconds: 5 }")), absl::Seconds(5));
}

struct StandingCase {
  std::string state;
  Standing want;
};

TEST(SharesForTest, AStateIsAStandingOrNoWord) {
  const std::vector<StandingCase> cases = {
      {"UNKNOWN", Standing::kUnknown},
      {"HEALTHY", Standing::kUsable},
      {"DEGRADED", Standing::kUsable},
      {"UNHEALTHY", Standing::kUnhealthy},
      {"AUTO_DISABLED", Standing::kUnhealthy},
      {"DRAINING", Standing::kUnknown},
      {"NO_CREDENTIAL", Standing::kUnknown},
  };
  for (const StandingCase& c : cases) {
    const auto shares =
        SharesFor(Parse("models { model: 'm' regions { targets { provider: 'a' "
                        "upstream_model: 'm' weight: 1 state: TARGET_STATE_" +
                        c.state + " } } }"),
                  Config(), "eu");
    EXPECT_EQ(shares[0].standing, c.want) << c.state;
    EXPECT_EQ(shares[1].standing, Standing::kUnknown);
  }
}

TEST(SharesForTest, TheReserveIsTakenOver) {
  const auto shares = SharesFor(
      Parse(
          "models { model: 'm' regions {"
          "  targets { provider: 'a' upstream_model: 'm' weight: 1 }"
          "  targets { provider: 'b' upstream_model: 'm' reserve: true } } }"),
      Config(), "eu");
  EXPECT_FALSE(shares[0].reserve);
  EXPECT_TRUE(shares[1].reserve);
}

TEST(RegionsOfTest, AreThoseOfTheLaneAndOfProviders) {
  RoutingConfig config = Config();
  config.providers[0].region = "us";
  EXPECT_THAT(RegionsOf(Parse(Region("eu", "1", "0") +
                              " models { model: 'n' "
                              "regions { region: '' } regions { region: 'ap' "
                              "} }"),
                        config),
              ElementsAre("ap", "eu", "us"));
}

TEST(RefusedInTest, AreByProvider) {
  RoutingConfig config = Config();
  config.provider_by_name = {{"a", 0}, {"b", 1}};
  EXPECT_THAT(RefusedIn(Parse(""), config), IsEmpty());
  EXPECT_THAT(RefusedIn(Parse("providers { provider: 'b' refused: [0, 2] } "
                              "providers { provider: 'gone' refused: 1 }"),
                        config),
              ElementsAre(IsEmpty(), ElementsAre(0, 2)));
}

}  // namespace
}  // namespace weir::dataplane
