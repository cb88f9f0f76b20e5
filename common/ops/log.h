// Logging set-up. Code logs with spdlog's own calls (spdlog::info(...)).
#ifndef WEIR_COMMON_OPS_LOG_H_
#define WEIR_COMMON_OPS_LOG_H_

#include <string_view>

#include "absl/status/status.h"

namespace weir::ops {

// Makes spdlog write one line an event to stderr, from a thread of its own with
// a bounded queue that drops the oldest line rather than block the caller.
// `level`: debug, info, warning, error. INVALID_ARGUMENT for another level.
absl::Status SetUpLogging(std::string_view binary, std::string_view level);

// Writes what is queued, for the end of main().
void FlushLog();

}  // namespace weir::ops

#endif  // WEIR_COMMON_OPS_LOG_H_
