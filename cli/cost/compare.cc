#include "cli/cost/compare.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/ids.h"

namespace weir::cost {

admin::v1::GetCostReportResponse Compare(const std::vector<PricedModel>& models,
                                         const Volume& volume) {
  std::vector<admin::v1::CostRow> rows;
  for (const PricedModel& model : models) {
    admin::v1::CostRow& row = rows.emplace_back();
    row.set_group(model.provider.empty()
                      ? model.model
                      : MakeTargetId(model.provider, model.model).value);
    row.set_fresh_input(volume.input);
    row.set_output(volume.output);
    row.set_cost_usd(
        CostOf({.input = volume.input, .output = volume.output}, model.price));
  }
  std::ranges::stable_sort(rows, {}, &admin::v1::CostRow::cost_usd);
  admin::v1::GetCostReportResponse response;
  for (admin::v1::CostRow& row : rows) {
    row.set_baseline_usd(rows.back().cost_usd());
    *response.add_rows() = row;
  }
  if (!rows.empty()) response.set_baseline(rows.back().group());
  return response;
}

}  // namespace weir::cost
