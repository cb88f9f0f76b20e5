// How long targets took, as a table.
#ifndef WEIR_CLI_LATENCY_TEXT_H_
#define WEIR_CLI_LATENCY_TEXT_H_

#include <optional>
#include <string>

#include "cli/table.h"
#include "weir/admin/v1/status.pb.h"

namespace weir::cli {

// A line for each target, once however many models have it: its average, the
// last ones, what nodes of each region measured, and what is left of its
// provider's limits. `columns` as in Table::Render().
std::string LatencyText(const weir::admin::v1::Status& status, Paint paint,
                        std::optional<int> columns = std::nullopt);

}  // namespace weir::cli

#endif  // WEIR_CLI_LATENCY_TEXT_H_
