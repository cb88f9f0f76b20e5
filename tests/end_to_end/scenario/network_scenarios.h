// What goes wrong on the way to a provider: packets, names, TLS.
#ifndef WEIR_TESTS_END_TO_END_SCENARIO_NETWORK_SCENARIOS_H_
#define WEIR_TESTS_END_TO_END_SCENARIO_NETWORK_SCENARIOS_H_

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/end_to_end/scenario/scenario.h"

namespace weir::testing {

// A scenario that is made where it is played: in a private network.
struct ScenarioMaker {
  // A test's name: letters and digits.
  std::string name;
  std::function<Scenario()> make;
};

// For GoogleTest, which would print its bytes.
void PrintTo(const ScenarioMaker& maker, std::ostream* out);

std::vector<ScenarioMaker> NetworkScenarios();

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_SCENARIO_NETWORK_SCENARIOS_H_
