#include "controlplane/http_views.h"

#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

namespace json = boost::json;

TargetView Target(const std::string& provider, std::optional<double> score,
                  int latency_ms) {
  TargetView target{};
  target.provider = provider;
  target.upstream_model = "m";
  target.state = TargetState::kHealthy;
  target.score = score;
  target.weight = 0.25;
  target.rank = 1;
  target.latency = absl::Milliseconds(latency_ms);
  return target;
}

ModelView Model(const std::string& name, bool usable,
                std::vector<TargetView> targets) {
  return {name,  config::v1::MODE_ENABLED, usable,
          false, std::move(targets),       {}};
}

json::object Health(const FleetView& fleet,
                    const std::vector<std::string>& problems = {}) {
  return json::parse(HealthJson({fleet, 3, 2, problems})).as_object();
}

TEST(HealthJsonTest, IsDegradedWhenNoModelIsUsable) {
  EXPECT_EQ(Health({{}, {}}).at("status"), "degraded");
  EXPECT_EQ(Health({{Model("a", false, {})}, {}}).at("status"), "degraded");
  const json::object health =
      Health({{Model("a", false, {}), Model("b", true, {})}, {}});
  EXPECT_EQ(health.at("status"), "ok");
  EXPECT_EQ(health.at("models").at("total"), 2);
  EXPECT_EQ(health.at("models").at("usable"), 1);
  EXPECT_EQ(health.at("nodes_connected"), 2);
  EXPECT_EQ(health.at("revision"), 3);
}

TEST(HealthJsonTest, NamesTheThreeHealthiestTargetsEachOnce) {
  const FleetView fleet{
      {Model("one", true,
             {Target("slow", 90, 500), Target("fast", 90, 20),
              Target("worst", 10, 1)}),
       Model("two", true,
             {Target("fast", 90, 20), Target("unknown", std::nullopt, 1),
              Target("best", 97.5, 900)})},
      {}};
  const json::array healthiest = Health(fleet).at("healthiest").as_array();
  ASSERT_EQ(healthiest.size(), 3);
  EXPECT_EQ(healthiest[0].at("provider"), "best");
  EXPECT_EQ(healthiest[0].at("score"), 97.5);
  EXPECT_EQ(healthiest[0].at("latency_ms"), 900);
  EXPECT_EQ(healthiest[1].at("provider"), "fast");
  EXPECT_EQ(healthiest[2].at("provider"), "slow");
}

TEST(HealthJsonTest, NumbersHaveNoExponent) {
  const FleetView fleet{{Model("one", true, {Target("slow", 99, 1'234'567)})},
                        {}};
  const std::string page = HealthJson({fleet, 3, 2, {}});
  EXPECT_THAT(page, ::testing::HasSubstr(R"("score":99,)"));
  EXPECT_THAT(page, ::testing::HasSubstr(R"("latency_ms":1234567})"));
}

TEST(HealthJsonTest, ProblemsAreValidJsonWhateverTheyHold) {
  const std::vector<std::string> problems = {"\"quoted\"\n\xff"};
  EXPECT_EQ(Health({{}, {}}, problems).at("problems").as_array().size(), 1);
}

TEST(RoutingWeightsJsonTest, ShowsEachTargetsShare) {
  TargetView target = Target("east", std::nullopt, 5);
  target.latency.reset();
  const FleetView fleet{{Model("chat", true, {target})}, {}};
  const auto published =
      std::make_shared<const Publication>(Publication{{9, 4, "\x01\x02"}, ""});
  const json::object weights =
      json::parse(RoutingWeightsJson(fleet, published)).as_object();
  EXPECT_EQ(weights.at("version").at("epoch"), 9);
  EXPECT_EQ(weights.at("version").at("hash"), "0102");
  const json::value model = weights.at("models").at(0);
  EXPECT_EQ(model.at("model"), "chat");
  EXPECT_EQ(model.at("targets").at(0).at("weight"), 0.25);
  EXPECT_EQ(model.at("targets").at(0).at("rank"), 1);
  EXPECT_EQ(model.at("targets").at(0).at("state"), "healthy");
  EXPECT_TRUE(model.at("targets").at(0).at("score").is_null());
  EXPECT_TRUE(model.at("targets").at(0).at("latency_ms").is_null());
}

TEST(RoutingWeightsJsonTest, ShowsWhatDiffersByRegion) {
  ModelView chat = Model("chat", true, {Target("east", 90, 5)});
  chat.regions = {{"eu", {{0.75, 0, absl::Milliseconds(80)}}}};
  const FleetView fleet{{chat}, {}};
  const json::object weights =
      json::parse(RoutingWeightsJson(fleet, nullptr)).as_object();
  const json::value region = weights.at("models").at(0).at("regions").at(0);
  EXPECT_EQ(region.at("region"), "eu");
  EXPECT_EQ(region.at("targets").at(0).at("weight"), 0.75);
  EXPECT_EQ(region.at("targets").at(0).at("rank"), 0);
  EXPECT_EQ(region.at("targets").at(0).at("latency_ms"), 80);
}

TEST(RoutingWeightsJsonTest, BeforeAnythingWasPublishedThereIsNoVersion) {
  EXPECT_EQ(RoutingWeightsJson({{}, {}}, nullptr),
            "{\"version\":null,\"models\":[]}\n");
}

}  // namespace
}  // namespace weir::controlplane
