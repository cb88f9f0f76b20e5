#include "common/ops/private_memory.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "common/concat.h"

namespace weir::ops {

CLI::Option* AddCoreDumps(CLI::App& app, CoreDumps& dumps) {
  return app.add_flag_callback(
      "--core-dumps", [&dumps] { dumps = CoreDumps::kAllowed; },
      "Let a crash leave a core, and debuggers of the same user in: the "
      "secrets that this process holds are in there");
}

absl::Status KeepMemoryPrivate(CoreDumps dumps) {
  if (dumps == CoreDumps::kAllowed) return absl::OkStatus();
  const rlimit none{0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) {
    return absl::InternalError(
        Concat("setrlimit(RLIMIT_CORE): ", std::strerror(errno)));
  }
  // The limit is ignored where the kernel pipes cores into a program, as
  // systemd-coredump has it.
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return absl::InternalError(
        Concat("prctl(PR_SET_DUMPABLE): ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

}  // namespace weir::ops
