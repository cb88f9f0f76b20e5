// What GetCostReport answers: the ledger's rows, priced and added up.
#ifndef WEIR_CONTROLPLANE_RPC_COST_REPORT_H_
#define WEIR_CONTROLPLANE_RPC_COST_REPORT_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controlplane/ledger/ledger.h"
#include "controlplane/scoreboard.h"
#include "weir/admin/v1/cost.pb.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// References need to live for the call only.
struct CostSources {
  Ledger& ledger;
  const config::v1::Resources& resources;
  // What is adequate now.
  const FleetView& fleet;
  // On the wall clock.
  absl::Time now;
};

// May wait for a disk. INVALID_ARGUMENT: a time or a group that makes no sense.
// NOT_FOUND, FAILED_PRECONDITION: the baseline is no model, or has no price.
// Errors of the store.
absl::StatusOr<admin::v1::GetCostReportResponse> MakeCostReport(
    const CostSources& sources, const admin::v1::GetCostReportRequest& request);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_COST_REPORT_H_
