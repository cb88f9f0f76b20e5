// Limits and budgets, for people.
#ifndef WEIR_CLI_LIMITS_TEXT_H_
#define WEIR_CLI_LIMITS_TEXT_H_

#include <optional>
#include <string>

#include "cli/table.h"
#include "weir/admin/v1/limits.pb.h"

namespace weir::cli {

// A table of limits and one of budgets, whichever there are; no wider than
// `columns` where that is given. Pure.
std::string LimitsText(const ::weir::admin::v1::Limits& limits, Paint paint,
                       std::optional<int> columns = std::nullopt);

}  // namespace weir::cli

#endif  // WEIR_CLI_LIMITS_TEXT_H_
