// The roll-out of a configuration, as alerts, events and metrics have it.
#ifndef WEIR_CONTROLPLANE_ROLLOUT_WATCH_H_
#define WEIR_CONTROLPLANE_ROLLOUT_WATCH_H_

#include <string>
#include <vector>

#include "common/ops/metrics.h"
#include "controlplane/alert/alert_rules.h"
#include "controlplane/rollout/rollout_status.h"

namespace weir::controlplane {

// One that was halted, until the configuration changes or is pushed on. Pure.
std::vector<Condition> RolloutConditions(const RolloutStatus& status);

// Of event_kind.
std::string EventKindOf(RolloutNews::Kind kind);

void AddRolloutMetrics(const RolloutStatus& status, const RolloutCounts& counts,
                       ops::MetricPage& page);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ROLLOUT_WATCH_H_
