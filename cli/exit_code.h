// What scripts read from weirctl's exit.
#ifndef WEIR_CLI_EXIT_CODE_H_
#define WEIR_CLI_EXIT_CODE_H_

#include "absl/status/status.h"

namespace weir::cli {

inline constexpr int kOk = 0;
// The server said no, or would: the file has problems.
inline constexpr int kRefused = 1;
// The command line is wrong.
inline constexpr int kUsage = 2;
// The server can't be reached or does not answer in time.
inline constexpr int kUnreachable = 3;

// INVALID_ARGUMENT is the command line, UNAVAILABLE and DEADLINE_EXCEEDED the
// way to the server, all else a refusal.
int ExitCodeOf(const absl::Status& status);

// For the end of --help.
inline constexpr char kExitCodes[] =
    "Exit codes: 0 done, 1 refused by the server or by the checks before it, "
    "2 wrong\ncommand line, 3 the server can't be reached.";

}  // namespace weir::cli

#endif  // WEIR_CLI_EXIT_CODE_H_
