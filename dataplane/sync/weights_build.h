// The weights lane: from a message to the shares of a configuration's targets.
#ifndef WEIR_DATAPLANE_SYNC_WEIGHTS_BUILD_H_
#define WEIR_DATAPLANE_SYNC_WEIGHTS_BUILD_H_

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/snapshot.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {

// What no honest control plane says: numbers that are none or out of range,
// models, regions and targets named twice. Empty when it can be used. Does not
// depend on a configuration, so that a lie is refused before it has one.
std::vector<std::string> ProblemsOf(const routing::v1::Weights& weights);

// The shares of config.targets for a node in `region`. Models and targets that
// `config` does not know are skipped: the lanes travel apart, so either may be
// ahead. Targets that `weights` does not name have their base share.
// REQUIRES: ProblemsOf(weights) is empty.
std::vector<TargetShare> SharesFor(const routing::v1::Weights& weights,
                                   const RoutingConfig& config,
                                   std::string_view region);

// The regions that requests may ask for: those that `weights` has an entry for
// and those of providers.
std::set<std::string> RegionsOf(const routing::v1::Weights& weights,
                                const RoutingConfig& config);

// As RoutingWeights::refused_credentials.
std::vector<std::vector<std::uint32_t>> RefusedIn(
    const routing::v1::Weights& weights, const RoutingConfig& config);

// 60 s where the message has none.
// REQUIRES: ProblemsOf(weights) is empty.
absl::Duration TimeToLive(const routing::v1::Weights& weights);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_WEIGHTS_BUILD_H_
