// Emergency groups as they are seen: their targets, and as everybody is shown
// them.
#ifndef WEIR_CONTROLPLANE_GROUP_VIEW_H_
#define WEIR_CONTROLPLANE_GROUP_VIEW_H_

#include <vector>

#include "absl/types/span.h"
#include "common/clock.h"
#include "controlplane/fleet_plan.h"
#include "controlplane/scoreboard.h"
#include "controlplane/weight/emergency_group.h"

namespace weir::controlplane {

// A sight for each group of the plan's order. A target that several models have
// counts once, and is usable where one of them may use it; models that don't
// serve don't count. Pure. REQUIRES: `fleet` is a view of `plan`.
std::vector<GroupSight> SightsOfGroups(const FleetPlan& plan,
                                       const FleetView& fleet);

// Pure. REQUIRES: a sight for each group of the rules' order.
std::vector<GroupView> ViewOfGroups(const GroupRules& rules,
                                    absl::Span<const GroupSight> sights,
                                    const Moment& moment,
                                    const GroupMemory& memory);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_GROUP_VIEW_H_
