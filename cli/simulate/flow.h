// Which targets one part of the traffic goes to.
#ifndef WEIR_CLI_SIMULATE_FLOW_H_
#define WEIR_CLI_SIMULATE_FLOW_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "cli/simulate/traffic.h"
#include "common/config/price.h"
#include "controlplane/scoreboard.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::simulate {

// One target of the model that serves.
struct Stream {
  // Of the part's first attempts, 0 to 1.
  double share = 0;
  // 0 is tried first.
  std::uint32_t rank = 0;
  // As seen from the part's region; nullopt: nobody knows.
  std::optional<absl::Duration> latency;
};

struct Flow {
  // The model that serves, in Resources.models: the one asked for, its route or
  // the first fallback that has a usable target. Of one that nobody serves, the
  // one that would.
  int model = 0;
  // Its targets, in their order.
  std::vector<Stream> streams;

  // False: no target is usable, here or in a fallback.
  bool is_served() const;
};

// As a node plans (docs/routing.md, The plan), once breakers know what the
// control plane knows. Pure. REQUIRES: `fleet` is a view of `resources`.
Flow FlowOf(const Part& part, const config::v1::Resources& resources,
            const controlplane::FleetView& fleet);

// US dollars for a million requests of these tokens at a price. Pure.
double CostOfMillion(const config::Price& price, const Tokens& tokens);

}  // namespace weir::simulate

#endif  // WEIR_CLI_SIMULATE_FLOW_H_
