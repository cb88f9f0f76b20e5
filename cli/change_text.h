// What an apply changes, as lines that begin with +, ~ or -.
#ifndef WEIR_CLI_CHANGE_TEXT_H_
#define WEIR_CLI_CHANGE_TEXT_H_

#include <string>

#include "cli/table.h"
#include "weir/admin/v1/admin.pb.h"

namespace weir::cli {

enum class Applied { kForReal, kDryRun };

// Ends with a line that sums up.
std::string ChangeText(const weir::admin::v1::ApplyResponse& response,
                       Applied applied, Paint paint);

}  // namespace weir::cli

#endif  // WEIR_CLI_CHANGE_TEXT_H_
