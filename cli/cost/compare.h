// A volume of tokens, priced on every model.
#ifndef WEIR_CLI_COST_COMPARE_H_
#define WEIR_CLI_COST_COMPARE_H_

#include <vector>

#include "cli/cost/priced_model.h"
#include "cli/cost/volume.h"
#include "weir/admin/v1/cost.pb.h"

namespace weir::cost {

// A row a model, cheapest first: `group` is its name, with its provider where
// it has one. What the price list's dearest costs is the baseline. What is
// charged for a request beside its tokens is in none: a volume has no requests.
// Pure.
admin::v1::GetCostReportResponse Compare(const std::vector<PricedModel>& models,
                                         const Volume& volume);

}  // namespace weir::cost

#endif  // WEIR_CLI_COST_COMPARE_H_
