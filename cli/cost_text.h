// Cost reports for people.
#ifndef WEIR_CLI_COST_TEXT_H_
#define WEIR_CLI_COST_TEXT_H_

#include <cstdint>
#include <string>

#include "cli/table.h"
#include "weir/admin/v1/cost.pb.h"

namespace weir::cli {

// `$26.40`, `$0.0042`.
std::string DollarText(double usd);
// `950`, `12.5k`, `3.0M`.
std::string CountText(std::uint64_t count);

// A line a row, the total, and what is worth knowing of it.
std::string CostReportText(
    const ::weir::admin::v1::GetCostReportResponse& report,
    ::weir::admin::v1::CostGroup group, Paint paint);

// A line a model, with what it spares against the dearest.
std::string CostCompareText(
    const ::weir::admin::v1::GetCostReportResponse& models, Paint paint);

// Two months, part by part, and what lies between them.
std::string RoiText(const ::weir::admin::v1::GetCostReportResponse& from,
                    const ::weir::admin::v1::GetCostReportResponse& to,
                    Paint paint);

}  // namespace weir::cli

#endif  // WEIR_CLI_COST_TEXT_H_
