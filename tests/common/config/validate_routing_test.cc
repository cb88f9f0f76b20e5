#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/common/config/validate_case.h"

namespace weir::config {
namespace {

// `auto` routes to the two models of SoundResources() and has no target.
v1::Model& AddAuto(v1::Resources& resources) {
  v1::Model& model = *resources.add_models();
  model.set_name("auto");
  model.mutable_routes()->set_simple("gpt-4.1-mini");
  model.mutable_routes()->set_medium("gpt-4.1-mini");
  model.mutable_routes()->set_complex("gpt-4");
  model.mutable_routes()->set_multimodal("gpt-4.1");
  return model;
}

// Both targets of the first model take only these.
void Restrict(v1::Resources& resources,
              const std::vector<v1::Complexity>& taken) {
  for (v1::Target& target : *resources.mutable_models(0)->mutable_targets()) {
    for (const v1::Complexity complexity : taken) {
      target.add_complexity(complexity);
    }
  }
}

class ValidateRoutingTest : public ::testing::TestWithParam<ValidateCase> {};

TEST_P(ValidateRoutingTest, FollowsTheTable) { ExpectFindings(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Routes, ValidateRoutingTest,
    ::testing::ValuesIn<ValidateCase>({
        {"NeedNoTargets", [](auto& r) { AddAuto(r); }},
        {"Unknown",
         [](auto& r) { AddAuto(r).mutable_routes()->set_simple("gtp-4.1"); },
         "models[2].routes.simple: there is no model \"gtp-4.1\"; did you "
         "mean \"gpt-4.1\"?"},
        {"Itself",
         [](auto& r) { AddAuto(r).mutable_routes()->set_complex("auto"); },
         "models[2].routes.complex: is the model itself; remove it"},
        {"Loop",
         [](auto& r) {
           AddAuto(r);
           r.mutable_models(1)->mutable_routes()->set_simple("auto");
         },
         "models[2].routes.simple: closes a loop: gpt-4.1-mini -> auto -> "
         "gpt-4.1-mini; remove one of its steps"},
        {"LoopOverAFallback",
         [](auto& r) {
           AddAuto(r);
           r.mutable_models(1)->add_fallback("auto");
         },
         "models[2].routes.simple: closes a loop: gpt-4.1-mini -> auto -> "
         "gpt-4.1-mini; remove one of its steps"},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Ways, ValidateRoutingTest,
    ::testing::ValuesIn<ValidateCase>({
        {"ARouteIsMissing",
         [](auto& r) { AddAuto(r).mutable_routes()->clear_multimodal(); },
         "models[2]: nothing serves its multimodal requests; add "
         "routes.multimodal, or a target that takes them"},
        {"AFallbackServesTheRest",
         [](auto& r) {
           v1::Model& model = AddAuto(r);
           model.mutable_routes()->clear_multimodal();
           model.add_fallback("gpt-4.1");
         }},
        {"TargetsServeTheRest",
         [](auto& r) {
           v1::Model& model = AddAuto(r);
           model.mutable_routes()->clear_medium();
           model.add_targets()->set_provider("relay");
         }},
        {"TargetsForSomeAndNothingForTheRest",
         [](auto& r) {
           Restrict(r, {v1::COMPLEXITY_SIMPLE, v1::COMPLEXITY_MEDIUM});
           r.mutable_models(0)->clear_fallback();
         },
         "models[0]: nothing serves its complex requests; add routes.complex, "
         "or a target that takes them\n"
         "models[0]: nothing serves its multimodal requests; add "
         "routes.multimodal, or a target that takes them"},
        {"TargetsForSomeAndAFallbackForTheRest",
         [](auto& r) { Restrict(r, {v1::COMPLEXITY_SIMPLE}); }},
        {"UnknownComplexity",
         [](auto& r) {
           v1::Target& target = *r.mutable_models(0)->mutable_targets(0);
           target.add_complexity(static_cast<v1::Complexity>(9));
           target.add_complexity(v1::COMPLEXITY_UNSPECIFIED);
         },
         "models[0].targets[0].complexity[0]: is not known: 9; write simple, "
         "medium, complex or multimodal\n"
         "models[0].targets[0].complexity[1]: is not known: 0; write simple, "
         "medium, complex or multimodal"},
        {"ComplexityTwice",
         [](auto& r) {
           v1::Target& target = *r.mutable_models(0)->mutable_targets(0);
           target.add_complexity(v1::COMPLEXITY_SIMPLE);
           target.add_complexity(v1::COMPLEXITY_SIMPLE);
         },
         "",
         "models[0].targets[0].complexity[1]: is the same as "
         "models[0].targets[0].complexity[0]; keep one of the two"},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::config
