// The fleet that most scenarios are played with.
#ifndef WEIR_TESTS_END_TO_END_SCENARIO_QUICK_FLEET_H_
#define WEIR_TESTS_END_TO_END_SCENARIO_QUICK_FLEET_H_

#include "tests/end_to_end/harness/fleet.h"

namespace weir::testing {

// Timeouts of a second, so that a silent provider is found out in a test's
// time.
inline FleetOptions Quick() {
  return {.nodes = 2,
          .providers = 3,
          .timeouts =
              "{connect: 500ms, fast: 1s, normal: 1s, complex: 1s, "
              "stream_idle: 1s}",
          .provider_flags = {"--latency", "20ms", "--tokens", "10"}};
}

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_SCENARIO_QUICK_FLEET_H_
