#include <limits>
#include <string>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "gtest/gtest.h"
#include "tests/common/config/validate_case.h"

namespace weir::config {
namespace {

v1::Model& FirstModel(v1::Resources& resources) {
  return *resources.mutable_models(0);
}
v1::Target& FirstTarget(v1::Resources& resources) {
  return *FirstModel(resources).mutable_targets(0);
}

class ValidateModelTest : public ::testing::TestWithParam<ValidateCase> {};

TEST_P(ValidateModelTest, FollowsTheTable) { ExpectFindings(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Names, ValidateModelTest,
    ::testing::ValuesIn<ValidateCase>({
        {"Missing", [](auto& r) { FirstModel(r).clear_name(); },
         "models[0].name: is missing; write the name that clients ask for"},
        {"LongestIsFine",
         [](auto& r) { FirstModel(r).set_name(std::string(255, 'm')); }},
        {"TooLong",
         [](auto& r) { FirstModel(r).set_name(std::string(256, 'm')); },
         "models[0].name: is not a model's name: \"" + std::string(60, 'm') +
             "...\"; write 1 to 255 printable ASCII characters without spaces, "
             "quotes, backslashes and commas"},
        {"Comma", [](auto& r) { FirstModel(r).add_aliases("a,b"); },
         "models[0].aliases[1]: is not a model's name: \"a,b\"; write 1 to 255 "
         "printable ASCII characters without spaces, quotes, backslashes and "
         "commas"},
        {"AliasIsANameElsewhere",
         [](auto& r) { r.mutable_models(1)->add_aliases("gpt-4.1"); },
         "models[1].aliases[0]: \"gpt-4.1\" is what models[0].name says too; "
         "use each name and alias once"},
        {"AliasTwice",
         [](auto& r) { r.mutable_models(1)->add_aliases("gpt-4"); },
         "models[1].aliases[0]: \"gpt-4\" is what models[0].aliases[0] says "
         "too; use each name and alias once"},
        {"OwnNameAsAlias",
         [](auto& r) { FirstModel(r).add_aliases("gpt-4.1"); },
         "models[0].aliases[1]: \"gpt-4.1\" is what models[0].name says too; "
         "use each name and alias once"},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Targets, ValidateModelTest,
    ::testing::ValuesIn<ValidateCase>({
        {"None", [](auto& r) { FirstModel(r).clear_targets(); },
         "models[0].targets: are missing; write at least one: - {provider: "
         "NAME, model: NAME}"},
        {"WithoutProvider", [](auto& r) { FirstTarget(r).clear_provider(); },
         "models[0].targets[0].provider: is missing; write the name of a "
         "provider"},
        {"MistypedProvider",
         [](auto& r) { FirstTarget(r).set_provider("realy"); },
         "models[0].targets[0].provider: there is no provider \"realy\"; did "
         "you mean \"relay\"?"},
        {"UnknownProvider",
         [](auto& r) { FirstTarget(r).set_provider("azure-west"); },
         "models[0].targets[0].provider: there is no provider \"azure-west\"; "
         "known providers: direct, relay"},
        {"Twice",
         [](auto& r) {
           FirstTarget(r).set_model("gpt-4.1");
           FirstModel(r).mutable_targets(1)->set_provider("relay");
         },
         "models[0].targets[1]: is the same provider and model as "
         "models[0].targets[0]; keep one of the two"},
        {"SameProviderOtherModel",
         [](auto& r) {
           FirstModel(r).mutable_targets(1)->set_provider("relay");
           FirstModel(r).mutable_targets(1)->set_model("gpt-4.1-2025");
         }},
        {"AllWeightsZero",
         [](auto& r) {
           FirstTarget(r).set_weight(0);
           FirstModel(r).mutable_targets(1)->set_weight(0);
         },
         "models[0].targets: all have weight 0, so none can ever be chosen; "
         "give one of them a weight"},
        {"AFixedShareIsAWeight",
         [](auto& r) {
           FirstTarget(r).set_weight(0);
           FirstTarget(r).set_fixed_share(0.5);
           FirstModel(r).mutable_targets(1)->set_weight(0);
         }},
        {"OneWeightZero", [](auto& r) { FirstTarget(r).set_weight(0); }},
    }),
    [](const auto& test) { return test.param.name; });

std::string BadWeight(const std::string& shown) {
  return "models[0].targets[0].weight: is out of range: " + shown +
         "; write a value from 0 to 1000000";
}

INSTANTIATE_TEST_SUITE_P(
    Ranges, ValidateModelTest,
    ::testing::ValuesIn<ValidateCase>({
        {"NegativeWeight", [](auto& r) { FirstTarget(r).set_weight(-1); },
         BadWeight("-1")},
        {"HugeWeight", [](auto& r) { FirstTarget(r).set_weight(1000000.5); },
         BadWeight("1000000.5")},
        {"NoNumber",
         [](auto& r) {
           FirstTarget(r).set_weight(std::numeric_limits<double>::quiet_NaN());
         },
         BadWeight(".nan")},
        {"InfiniteWeight",
         [](auto& r) {
           FirstTarget(r).set_weight(std::numeric_limits<double>::infinity());
         },
         BadWeight(".inf")},
        {"LatencyCeiling",
         [](auto& r) {
           *FirstTarget(r).mutable_max_latency() =
               FromDuration(absl::Microseconds(999));
         },
         "models[0].targets[0].max_latency: is out of range: 999us; write a "
         "value from 1ms to 1h"},
        {"Prices",
         [](auto& r) {
           v1::Price& price = *FirstTarget(r).mutable_price();
           price.set_input(-0.5);
           price.set_cached_input(1000001);
           price.set_output(std::numeric_limits<double>::quiet_NaN());
         },
         "models[0].targets[0].price.input: is out of range: -0.5; write a "
         "value from 0 to 1000000\n"
         "models[0].targets[0].price.cached_input: is out of range: 1000001; "
         "write a value from 0 to 1000000\n"
         "models[0].targets[0].price.output: is out of range: .nan; write a "
         "value from 0 to 1000000"},
        {"UpstreamNameWithLineBreak",
         [](auto& r) { FirstTarget(r).set_model("a\r\nb"); },
         "models[0].targets[0].model: holds a control character; write it on "
         "one line"},
        {"Modes",
         [](auto& r) {
           FirstModel(r).set_mode(static_cast<v1::Mode>(9));
           FirstTarget(r).set_mode(static_cast<v1::Mode>(8));
         },
         "models[0].targets[0].mode: is not known: 8; write enabled, draining "
         "or disabled\n"
         "models[0].mode: is not known: 9; write enabled, draining or "
         "disabled"},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::config
