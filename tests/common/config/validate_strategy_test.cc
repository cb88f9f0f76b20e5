#include <limits>

#include "gtest/gtest.h"
#include "tests/common/config/validate_case.h"

namespace weir::config {
namespace {

v1::Model& OnlyModel(v1::Resources& resources) {
  return *resources.mutable_models(0);
}
v1::Target& Target(v1::Resources& resources, int index) {
  return *OnlyModel(resources).mutable_targets(index);
}

class ValidateStrategyTest : public ::testing::TestWithParam<ValidateCase> {};

TEST_P(ValidateStrategyTest, FollowsTheTable) { ExpectFindings(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Strategies, ValidateStrategyTest,
    ::testing::ValuesIn<ValidateCase>({
        {"Weighted",
         [](auto& r) { OnlyModel(r).set_strategy(v1::STRATEGY_WEIGHTED); }},
        {"LeastLatency",
         [](auto& r) {
           OnlyModel(r).set_strategy(v1::STRATEGY_LEAST_LATENCY);
         }},
        {"Priority",
         [](auto& r) { OnlyModel(r).set_strategy(v1::STRATEGY_PRIORITY); }},
        {"Balanced",
         [](auto& r) { OnlyModel(r).set_strategy(v1::STRATEGY_BALANCED); }},
        {"LowestCostWithAPrice",
         [](auto& r) {
           OnlyModel(r).set_strategy(v1::STRATEGY_LOWEST_COST);
           Target(r, 1).mutable_price()->set_input(1);
         }},
        {"LowestCostWithoutAPrice",
         [](auto& r) { OnlyModel(r).set_strategy(v1::STRATEGY_LOWEST_COST); },
         "",
         "models[0].strategy: is lowest_cost, and no target has a price; write "
         "price: {input: USD, output: USD} per million tokens"},
        {"ProximityWithARegion",
         [](auto& r) {
           OnlyModel(r).set_strategy(v1::STRATEGY_PROXIMITY);
           r.mutable_providers(0)->set_region("eu");
         }},
        {"ProximityWithoutARegion",
         [](auto& r) { OnlyModel(r).set_strategy(v1::STRATEGY_PROXIMITY); }, "",
         "models[0].strategy: is proximity, and no target's provider has a "
         "region; write region: NAME, as in the nodes' --region"},
        {"UnknownStrategy",
         [](auto& r) {
           OnlyModel(r).set_strategy(static_cast<v1::Strategy>(99));
         },
         "models[0].strategy: is not known: 99; write weighted, least_latency, "
         "lowest_cost, priority, proximity or balanced"},
        {"MixOutOfRange",
         [](auto& r) {
           OnlyModel(r).set_strategy(v1::STRATEGY_BALANCED);
           OnlyModel(r).mutable_mix()->set_health(-1);
           OnlyModel(r).mutable_mix()->set_latency(101);
           OnlyModel(r).mutable_mix()->set_cost(
               std::numeric_limits<double>::quiet_NaN());
         },
         "models[0].mix.health: is out of range: -1; write a value from 0 to "
         "100\n"
         "models[0].mix.latency: is out of range: 101; write a value from 0 to "
         "100\n"
         "models[0].mix.cost: is out of range: .nan; write a value from 0 to "
         "100"},
        {"MixOfNothing",
         [](auto& r) {
           OnlyModel(r).set_strategy(v1::STRATEGY_BALANCED);
           OnlyModel(r).mutable_mix()->set_health(0);
           OnlyModel(r).mutable_mix()->set_latency(0);
           OnlyModel(r).mutable_mix()->set_cost(0);
         },
         "models[0].mix: has nothing to go by: every part is 0; give one of "
         "health, latency and cost a part above 0"},
        {"MixOfAnotherStrategy", [](auto& r) { OnlyModel(r).mutable_mix(); },
         "",
         "models[0].mix: has no effect: only strategy balanced mixes; write "
         "strategy: balanced, or remove it"},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Weights, ValidateStrategyTest,
    ::testing::ValuesIn<ValidateCase>({
        {"OneWeightZero", [](auto& r) { Target(r, 0).set_weight(0); }},
        {"FixedShares",
         [](auto& r) {
           Target(r, 0).set_fixed_share(0.3);
           Target(r, 1).set_fixed_share(0.7);
         }},
        {"FixedShareOutOfRange",
         [](auto& r) { Target(r, 1).set_fixed_share(-0.1); },
         "models[0].targets[1].fixed_share: is out of range: -0.1; write a "
         "value from 0 to 1"},
        {"FixedSharesOfMoreThanOne",
         [](auto& r) {
           Target(r, 0).set_fixed_share(0.7);
           Target(r, 1).set_fixed_share(0.4);
         },
         "models[0].targets: have fixed shares of more than 1 together; write "
         "fixed_share values that sum to 1 at most"},
        {"FixedSharesOfAllAndLessThanOne",
         [](auto& r) {
           Target(r, 0).set_fixed_share(0.3);
           Target(r, 1).set_fixed_share(0.3);
         },
         "",
         "models[0].targets: have fixed shares of less than 1 together, and no "
         "target is left for the rest, which they divide; write fixed_share "
         "values that sum to 1, or leave one without"},
        {"FixedSharesOfNothing",
         [](auto& r) {
           Target(r, 0).set_fixed_share(0);
           Target(r, 1).set_fixed_share(0);
         },
         "models[0].targets: all have a fixed share of 0, so none gets a "
         "request; give one of them a share, or remove its fixed_share"},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::config
