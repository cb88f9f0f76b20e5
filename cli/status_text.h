// The health of every target as a table.
#ifndef WEIR_CLI_STATUS_TEXT_H_
#define WEIR_CLI_STATUS_TEXT_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "cli/table.h"
#include "weir/admin/v1/admin.pb.h"

namespace weir::cli {

// The table, then what needs a person: refused credentials, models without a
// usable target, panic, the control plane's own problems. `now` is wall-clock
// time; `columns` as in Table::Render().
std::string StatusText(const weir::admin::v1::Status& status, absl::Time now,
                       Paint paint, std::optional<int> columns = std::nullopt);

// Providers as a whole: what probes of today cost, and a line for each of
// their credentials.
std::string ProvidersText(const weir::admin::v1::Status& status, Paint paint);

}  // namespace weir::cli

#endif  // WEIR_CLI_STATUS_TEXT_H_
