// Points in time, as a command line says them.
#ifndef WEIR_CLI_TIME_ARGUMENT_H_
#define WEIR_CLI_TIME_ARGUMENT_H_

#include <optional>
#include <string>

#include "absl/time/time.h"

namespace weir::cli {

// What a duration is counted from `now` to.
enum class Counted { kBack, kAhead };

// `2026-01-31T12:00:00Z`, `2026-01-31` (midnight UTC), or so long before or
// after `now`: `90m`, `24h`, `7d`. nullopt: none of these. Pure.
std::optional<absl::Time> ParseTimeArgument(const std::string& text,
                                            absl::Time now, Counted counted);

// A duration, in days too: `90m`, `24h`, `7d`. nullopt: none, or a negative
// one. Pure.
std::optional<absl::Duration> ParseSpan(const std::string& text);

}  // namespace weir::cli

#endif  // WEIR_CLI_TIME_ARGUMENT_H_
