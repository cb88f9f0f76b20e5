// The ledger, as alerts and metrics have it.
#ifndef WEIR_CONTROLPLANE_LEDGER_WATCH_H_
#define WEIR_CONTROLPLANE_LEDGER_WATCH_H_

#include <vector>

#include "common/ops/metrics.h"
#include "controlplane/alert/alert_rules.h"
#include "controlplane/ledger/ledger.h"
#include "controlplane/ledger/misreports.h"
#include "controlplane/rpc/node_session.h"

namespace weir::controlplane {

// What is wrong with it: the store can't be written for longer than a lock is
// held, or batches are missing. Pure.
std::vector<Condition> LedgerConditions(const Ledger::Stats& stats);

// One for each of `sources`. Pure.
std::vector<Condition> MisreportConditions(
    const std::vector<Misreports::Source>& sources);

void AddLedgerMetrics(const Ledger::Stats& stats,
                      const RoutingCounters& routing, ops::MetricPage& page);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_LEDGER_WATCH_H_
