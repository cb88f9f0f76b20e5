// One thing that goes wrong with a provider under load, and what must hold.
#ifndef WEIR_TESTS_END_TO_END_SCENARIO_SCENARIO_H_
#define WEIR_TESTS_END_TO_END_SCENARIO_SCENARIO_H_

#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/load.h"

namespace weir::testing {

// What happens is always done to the fleet's first provider, and to others
// where the scenario says so.
struct Scenario {
  // A test's name: letters and digits.
  std::string name = {};
  FleetOptions fleet = {};
  std::string model = "gpt-4.1";
  // Share of requests that stream.
  double streams = 0.3;
  // Before the load, once the fleet is up.
  std::function<void(Fleet&)> prepare = {};
  std::function<void(Fleet&)> fault;
  // Absent: nothing heals by being told to.
  std::function<void(Fleet&)> heal = {};

  // The most requests that may fail; streams that had begun at a provider that
  // broke are not among them, for they end with an error event.
  int failed_at_most = 0;
  // p1's weight falls to this or less at every node, and rises above it when
  // it is healed. Absent: its weight is not what saves the requests.
  std::optional<double> weight_falls_to = 0.0;
  absl::Duration falls_within = absl::Seconds(8);
  absl::Duration back_within = absl::Seconds(20);
  // The largest share of attempts that p1 gets from then on until it is healed.
  double late_share_at_most = 1.0;
  // The smallest: where what happens should harm nobody.
  double late_share_at_least = 0.0;
  // Attempts after the first, relative to the requests sent.
  double extra_attempts_at_most = 0.2;
};

// For GoogleTest, which would print its bytes.
void PrintTo(const Scenario& scenario, std::ostream* out);

// What was seen.
struct ScenarioResult {
  LoadReport load;
  // From the fault until the weight had fallen, and from healing until it had
  // risen again; absent where the scenario does not ask, or it did not happen.
  std::optional<absl::Duration> until_fallen;
  std::optional<absl::Duration> until_back;
  double late_share = 0;
  int extra_attempts = 0;
};

// Runs `scenario` with the real binaries. `problems` gets a sentence for each
// promise that was not kept.
ScenarioResult RunScenario(const Scenario& scenario,
                           std::vector<std::string>& problems);

// The heading, and a scenario's line, of the table that is printed.
std::string TableHeading();
std::string TableLine(const Scenario& scenario, const ScenarioResult& result);

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_SCENARIO_SCENARIO_H_
