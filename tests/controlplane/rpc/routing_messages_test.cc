#include "controlplane/rpc/routing_messages.h"

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/edit_view.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using absl::StatusCode;
using ::testing::SizeIs;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

TargetView Target(const std::string& provider, double weight) {
  TargetView target{};
  target.provider = provider;
  target.upstream_model = "m";
  target.state = TargetState::kHealthy;
  target.weight = weight;
  return target;
}

FleetView Fleet(std::vector<TargetView> targets) {
  FleetView fleet;
  fleet.weights_ttl = absl::Seconds(60);
  fleet.models.push_back(ModelView{
      "chat", config::v1::MODE_ENABLED, true, false, std::move(targets), {}});
  return fleet;
}

std::vector<double> WeightsOf(const routing::v1::Weights& weights) {
  std::vector<double> all;
  for (const auto& target : weights.models(0).regions(0).targets()) {
    all.push_back(target.weight());
  }
  return all;
}

TEST(WeightsMessageTest, RoundedWeightsStillSumToOne) {
  for (const std::vector<double>& weights :
       std::vector<std::vector<double>>{{1.0},
                                        {1.0 / 3, 1.0 / 3, 1.0 / 3},
                                        {0.00004, 0.99996},
                                        {1.0 / 7, 2.0 / 7, 4.0 / 7}}) {
    std::vector<TargetView> targets;
    for (double weight : weights) targets.push_back(Target("p", weight));
    double sum = 0;
    for (double weight : WeightsOf(ToMessage(Fleet(std::move(targets))))) {
      EXPECT_GE(weight, 0);
      sum += weight;
    }
    EXPECT_DOUBLE_EQ(sum, 1);
  }
}

TEST(WeightsMessageTest, WhereAllAreZeroTheyStayZero) {
  EXPECT_EQ(WeightsOf(ToMessage(Fleet({Target("a", 0), Target("b", 0)}))),
            (std::vector<double>{0, 0}));
}

TEST(WeightsMessageTest, NoiseIsNoNewVersion) {
  TargetView a = Target("a", 0.50001);
  TargetView b = Target("b", 0.49999);
  a.score = 91.02;
  a.latency = absl::Microseconds(120'100);
  const std::string before = WeightsContent(Fleet({a, b}));
  a.weight = 0.49998;
  b.weight = 0.50002;
  a.score = 90.98;
  a.latency = absl::Microseconds(119'900);
  EXPECT_EQ(WeightsContent(Fleet({a, b})), before);
  a.state = TargetState::kDegraded;
  EXPECT_NE(WeightsContent(Fleet({a, b})), before);
}

TEST(WeightsMessageTest, TheReserveIsCalledThat) {
  TargetView reserve = Target("b", 0);
  reserve.reserve = true;
  const routing::v1::Weights weights =
      ToMessage(Fleet({Target("a", 1), reserve}));
  EXPECT_FALSE(weights.models(0).regions(0).targets(0).reserve());
  EXPECT_TRUE(weights.models(0).regions(0).targets(1).reserve());
}

TEST(WeightsMessageTest, RefusedCredentialsGoToNodesByPosition) {
  FleetView fleet = Fleet({Target("a", 1)});
  fleet.providers = {
      {.provider = "a",
       .credentials = {{.reference = "env:A"},
                       {.reference = "env:B",
                        .state = CredentialState::kRefused},
                       {.reference = "env:C",
                        .state = CredentialState::kMissing}}},
      {.provider = "b", .credentials = {{.reference = "env:D"}}}};
  const routing::v1::Weights weights = ToMessage(fleet);
  ASSERT_EQ(weights.providers_size(), 1);
  EXPECT_EQ(weights.providers(0).provider(), "a");
  ASSERT_EQ(weights.providers(0).refused_size(), 1);
  EXPECT_EQ(weights.providers(0).refused(0), 1u);
}

TEST(ReportTest, RefusalsAreByProviderAndPosition) {
  routing::v1::Report report;
  routing::v1::ProviderReport& provider = *report.add_providers();
  provider.set_provider("a");
  provider.add_refused()->set_credential(2);
  provider.mutable_refused(0)->set_reason("HTTP\n401");
  provider.add_refused()->set_credential(1'000'000);
  const ProviderBoard::Refusals refusals = RefusalsIn(report);
  EXPECT_EQ(refusals, (ProviderBoard::Refusals{{"a", {{2, "HTTP 401"}}}}));
}

TEST(WeightsMessageTest, WhatIsUnknownIsAbsent) {
  const auto target =
      ToMessage(Fleet({Target("a", 1)})).models(0).regions(0).targets(0);
  EXPECT_FALSE(target.has_score());
  EXPECT_EQ(target.provider(), "a");
  EXPECT_EQ(target.state(), routing::v1::TARGET_STATE_HEALTHY);
}

TEST(WeightsMessageTest, OnlyRegionsThatRouteOtherwiseAreSent) {
  FleetView fleet = Fleet({Target("a", 1), Target("b", 0)});
  ModelView& model = Edit(fleet.models[0]);
  model.targets[1].rank = 1;
  model.regions = {{"alike", {{1, 0, absl::Milliseconds(9)}, {0, 1, {}}}},
                   {"eu", {{0.25, 1, absl::Milliseconds(9)}, {0.75, 0, {}}}},
                   {"rank", {{1, 1, {}}, {0, 0, {}}}}};
  const routing::v1::Weights weights = ToMessage(fleet);
  const auto& regions = weights.models(0).regions();
  ASSERT_THAT(regions, SizeIs(3));
  EXPECT_EQ(regions[0].region(), "");
  EXPECT_EQ(regions[1].region(), "eu");
  EXPECT_EQ(regions[1].targets(0).weight(), 0.25);
  EXPECT_EQ(regions[1].targets(0).rank(), 1u);
  EXPECT_EQ(regions[1].targets(0).latency_ms(), 9);
  EXPECT_EQ(regions[1].targets(1).provider(), "b");
  EXPECT_EQ(regions[2].region(), "rank");
}

TEST(LaneMessageTest, CarriesTheContentUntouched) {
  const Version version{3, 4, std::string(32, 'h')};
  routing::v1::SubscribeResponse response;
  ASSERT_TRUE(response.ParseFromString(
      LaneMessage(Lane::kConfig, version, "any bytes")));
  EXPECT_EQ(response.config().resources(), "any bytes");
  EXPECT_EQ(response.config().version().sequence(), 4);
  const Publication weights{
      version, LaneMessage(Lane::kWeights, version,
                           WeightsContent(Fleet({Target("a", 1)})))};
  EXPECT_THAT(PublishedWeights(weights).models(), SizeIs(1));
}

// A report with one target, by what is wrong with it.
struct LieCase {
  std::string name;
  std::function<void(routing::v1::TargetReport&)> tell;
};
class ReportLieTest : public ::testing::TestWithParam<LieCase> {};

TEST_P(ReportLieTest, IsRefused) {
  routing::v1::Report report;
  GetParam().tell(*report.add_targets());
  EXPECT_THAT(FromMessage(report), StatusIs(StatusCode::kInvalidArgument));
}

INSTANTIATE_TEST_SUITE_P(
    Table, ReportLieTest,
    ::testing::ValuesIn<LieCase>({
        {"MoreBucketsThanCounts",
         [](auto& target) { target.mutable_latency()->add_bucket(1); }},
        {"ABucketBeyondTheLast",
         [](auto& target) {
           target.mutable_latency()->add_bucket(144);
           target.mutable_latency()->add_count(1);
         }},
        {"BucketsThatDoNotGrow",
         [](auto& target) {
           for (int i = 0; i < 2; ++i) {
             target.mutable_latency()->add_bucket(5);
             target.mutable_latency()->add_count(1);
           }
         }},
        {"AnEndlessName",
         [](auto& target) { target.set_provider(std::string(1000, 'p')); }},
    }),
    [](const auto& test) { return test.param.name; });

TEST(ReportTest, TooManyTargetsAreRefused) {
  routing::v1::Report report;
  for (int i = 0; i <= 10'000; ++i) report.add_targets();
  EXPECT_THAT(FromMessage(report), StatusIs(StatusCode::kInvalidArgument));
}

TEST(ReportTest, AttemptsAreTheNodesOwnSumWhereItMakesOne) {
  routing::v1::Report report;
  routing::v1::TargetReport& target = *report.add_targets();
  target.set_successes(5);
  target.set_endpoint_failures(2);
  target.set_credential_failures(1);
  EXPECT_EQ(TrafficIn(report).attempts, 8U);
  EXPECT_EQ(TrafficIn(report).failed_attempts, 3U);
  report.set_attempts(100);
  report.set_failed_attempts(10);
  EXPECT_EQ(TrafficIn(report).attempts, 100U);
  EXPECT_EQ(TrafficIn(report).failed_attempts, 10U);
}

TEST(ReportTest, WhatPeopleReadIsCutAndCleaned) {
  routing::v1::Report report;
  report.add_targets()->set_last_error("\x1b[31m" + std::string(1000, 'x'));
  absl::StatusOr<NodeReport> read = FromMessage(report);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->targets[0].last_error, " [31m" + std::string(251, 'x'));
}

TEST(ReportTest, AnAgeIsNeverNegative) {
  routing::v1::Report report;
  report.add_targets()->mutable_since_success()->set_seconds(-5);
  absl::StatusOr<NodeReport> read = FromMessage(report);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->targets[0].since_success, absl::ZeroDuration());
  EXPECT_FALSE(read->targets[0].since_failure.has_value());
}

TEST(ReportTest, HeadroomIsAShareOrNothing) {
  for (const auto& [said, heard] :
       std::vector<std::pair<double, std::optional<double>>>{
           {0, 0},
           {0.25, 0.25},
           {7, 1},
           {-0.1, std::nullopt},
           {std::numeric_limits<double>::quiet_NaN(), std::nullopt}}) {
    routing::v1::Report report;
    report.add_targets()->set_headroom(said);
    absl::StatusOr<NodeReport> read = FromMessage(report);
    ASSERT_THAT(read, IsOk());
    EXPECT_EQ(read->targets[0].headroom, heard) << said;
  }
}

TEST(ReportTest, APauseIsNeverNegative) {
  routing::v1::Report report;
  report.add_targets()->mutable_pause()->set_seconds(-5);
  report.add_targets()->mutable_pause()->set_seconds(5);
  report.add_targets();
  absl::StatusOr<NodeReport> read = FromMessage(report);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->targets[0].pause, absl::ZeroDuration());
  EXPECT_EQ(read->targets[1].pause, absl::Seconds(5));
  EXPECT_EQ(read->targets[2].pause, std::nullopt);
}

TEST(AnswerTest, AnUnknownLaneOrAHashOfAnotherSizeIsRefused) {
  routing::v1::Ack ack;
  EXPECT_THAT(FromMessage(ack), StatusIs(StatusCode::kInvalidArgument));
  ack.set_lane(routing::v1::LANE_CONFIG);
  EXPECT_THAT(FromMessage(ack), IsOk());
  ack.mutable_version()->set_hash("short");
  EXPECT_THAT(FromMessage(ack), StatusIs(StatusCode::kInvalidArgument));
}

TEST(AnswerTest, ARefusalAlwaysHasAReason) {
  routing::v1::Nack nack;
  nack.set_lane(routing::v1::LANE_WEIGHTS);
  absl::StatusOr<NodeAnswer> answer = FromMessage(nack);
  ASSERT_THAT(answer, IsOk());
  EXPECT_THAT(answer->problems, SizeIs(1));
  EXPECT_EQ(answer->lane, Lane::kWeights);
}

TEST(ConfigContentTest, NodesAreNotToldOfWebhooks) {
  config::v1::Resources resources;
  resources.add_providers()->set_name("east");
  const std::string without = ConfigContent(resources);
  resources.add_webhooks()->set_url("https://hooks.example/secret");
  EXPECT_EQ(ConfigContent(resources), without);
  config::v1::Resources sent;
  ASSERT_TRUE(sent.ParseFromString(without));
  EXPECT_EQ(sent.providers(0).name(), "east");
}

}  // namespace
}  // namespace weir::controlplane
