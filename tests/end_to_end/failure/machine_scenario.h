// What scenarios of a machine that fails its processes share.
#ifndef WEIR_TESTS_END_TO_END_FAILURE_MACHINE_SCENARIO_H_
#define WEIR_TESTS_END_TO_END_FAILURE_MACHINE_SCENARIO_H_

#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/failure/failure_scenario.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/replicas.h"

namespace weir::testing {

class MachineScenario : public FailureScenario {
 protected:
  // Three providers whose health checks are in no account; each answer has
  // kOutput tokens.
  static FleetOptions Accountable(int nodes) {
    return {.nodes = nodes,
            .providers = 3,
            .health_check =
                "{kind: models, interval: 500ms, timeout: 1s, "
                "unhealthy_after: 2, healthy_after: 2}",
            .provider_flags = {"--latency", "5ms", "--tokens",
                               std::to_string(kOutput)}};
  }

  // Whether weights follow health: how soon p3, which begins to fail, has none.
  absl::Duration UntilP3IsOut() {
    const absl::Time begin = absl::Now();
    MakeUneven(fleet());
    return absl::Now() - begin;
  }
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_FAILURE_MACHINE_SCENARIO_H_
