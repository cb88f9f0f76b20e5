// What is probed, and how.
#ifndef WEIR_CONTROLPLANE_PROBE_PROBE_TARGET_H_
#define WEIR_CONTROLPLANE_PROBE_PROBE_TARGET_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/config/effective.h"
#include "common/config/price.h"
#include "common/ids.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

struct ProbeTarget {
  std::shared_ptr<const config::v1::Provider> provider;
  // What a chat probe asks for: the target's own, or what the check says.
  std::string upstream_model;
  config::HealthCheck check;
  // Of what it asks for, as far as that is known.
  config::PriceSchedule prices = {};
  // Positions in Provider.credentials that are tried last: they are known to be
  // refused.
  std::vector<std::uint32_t> refused = {};
};

// Each target once, however many models have it; without those that an operator
// disabled, at its provider, its model or itself. One that is disabled under
// one model and not under another is probed. Pure.
std::map<TargetId, ProbeTarget> TargetsToProbe(
    std::shared_ptr<const config::v1::Resources> resources);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PROBE_PROBE_TARGET_H_
