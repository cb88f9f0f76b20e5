// What a simulation supposes of targets.
#ifndef WEIR_CLI_SIMULATE_WHAT_IF_H_
#define WEIR_CLI_SIMULATE_WHAT_IF_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/ids.h"
#include "weir/admin/v1/status.pb.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::simulate {

// How one target is supposed to be.
struct TargetHealth {
  enum class State { kUp, kDown };
  State state = State::kUp;
  // 0 to 1; what a target that is down has does not matter.
  double success_rate = 1;
  // Time to an answer; nullopt: nobody knows.
  std::optional<absl::Duration> latency;
  // As seen from regions from which it differs.
  std::map<std::string, absl::Duration> latency_by_region;
};

// A health for each target of the resources.
using FleetHealth = std::map<TargetId, TargetHealth>;

// Every target works and takes `latency`. Pure.
FleetHealth AllWell(const config::v1::Resources& resources,
                    absl::Duration latency);

// What the control plane sees, in place of what was assumed, for the targets
// that it knows. Pure.
void TakeOver(const admin::v1::Status& status, FleetHealth& health);

// Each as on the command line: `p1`, `p1=800ms`, `p1=100rpm`. In place of a
// provider one of its targets may stand, `p1/gpt-4.1`, but for rate limits,
// which are a provider's.
struct WhatIf {
  std::vector<std::string> down = {};
  std::vector<std::string> slow = {};
  std::vector<std::string> rate_limit = {};
};

// Makes it so: in `health`, and limits in `resources`, where the lower of two
// holds. INVALID_ARGUMENT: the flag, what is wrong with it and what to write;
// names that there are where one is not known. Pure.
absl::Status Suppose(const WhatIf& what_if, config::v1::Resources& resources,
                     FleetHealth& health);

}  // namespace weir::simulate

#endif  // WEIR_CLI_SIMULATE_WHAT_IF_H_
