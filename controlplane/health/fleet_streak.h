// How often in a row real requests failed, seen over all nodes.
#ifndef WEIR_CONTROLPLANE_HEALTH_FLEET_STREAK_H_
#define WEIR_CONTROLPLANE_HEALTH_FLEET_STREAK_H_

#include "absl/time/time.h"
#include "controlplane/health/health.h"

namespace weir::controlplane {

// For this long a node's success speaks for the target.
inline constexpr absl::Duration kTrafficMemory = absl::Seconds(10);

// Failures at all nodes since the last success at any of them. Pure.
//
// Nodes report late and apart, so one node's failures are news before another
// node's successes of the same moment are. What happened is therefore counted
// up to the moment only that every node which was succeeding has reported: one
// node whose own network is broken does not take a provider from the fleet. A
// report tells how many failures came between it and the one before, not when
// each did; they are taken as spread evenly.
int FleetFailuresInARow(const Health& health, absl::Time now);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_HEALTH_FLEET_STREAK_H_
