// weirctl from its command line to its exit code.
#ifndef WEIR_CLI_WEIRCTL_H_
#define WEIR_CLI_WEIRCTL_H_

#include "cli/io.h"

namespace weir::cli {

// Returns what main() returns; see exit_code.h. Wrong command lines, --help and
// --version go to the process's own streams, all else to `io`.
int RunWeirctl(int argc, char** argv, const Io& io);

}  // namespace weir::cli

#endif  // WEIR_CLI_WEIRCTL_H_
