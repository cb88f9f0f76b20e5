// Whether a new view is worth telling the fleet.
#ifndef WEIR_CONTROLPLANE_NOTABLE_CHANGE_H_
#define WEIR_CONTROLPLANE_NOTABLE_CHANGE_H_

#include "controlplane/scoreboard.h"

namespace weir::controlplane {

// True when somebody who was told `told` should hear of `now`: another state,
// error, usability, panic, row of failures, group in charge or credential; a
// weight by 0.01, a score by 2 points, a success rate by 0.02, a latency by a
// quarter. Less is noise that would be sent to every node, many times a second.
// Ranks follow from these; where nearly equal targets only change places,
// nobody is told. Pure.
bool NotablyDiffers(const FleetView& told, const FleetView& now);

// True when a target that got requests by `told` gets none any more, be it in
// one region: each moment in which nodes don't know costs attempts that fail.
// Compares place by place, so another configuration may look like it. Pure.
bool LosesTraffic(const FleetView& told, const FleetView& now);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_NOTABLE_CHANGE_H_
