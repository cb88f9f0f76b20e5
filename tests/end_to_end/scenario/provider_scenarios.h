// What goes wrong with providers.
#ifndef WEIR_TESTS_END_TO_END_SCENARIO_PROVIDER_SCENARIOS_H_
#define WEIR_TESTS_END_TO_END_SCENARIO_PROVIDER_SCENARIOS_H_

#include <vector>

#include "tests/end_to_end/scenario/scenario.h"

namespace weir::testing {

std::vector<Scenario> ProviderScenarios();

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_SCENARIO_PROVIDER_SCENARIOS_H_
