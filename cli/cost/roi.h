// What two mixes of requests cost in a month.
#ifndef WEIR_CLI_COST_ROI_H_
#define WEIR_CLI_COST_ROI_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "weir/admin/v1/cost.pb.h"
#include "weir/cli/v1/monthly_mix.pb.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::cost {

// A row a part, in their order, and the total; of 30 days. INVALID_ARGUMENT:
// which part is wrong, why, and what to write. Pure.
absl::StatusOr<admin::v1::GetCostReportResponse> CostOfMonth(
    const cli::v1::MonthlyMix& mix, const config::v1::Resources& resources,
    absl::Time now);

}  // namespace weir::cost

#endif  // WEIR_CLI_COST_ROI_H_
