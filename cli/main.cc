#include "cli/io.h"
#include "cli/weirctl.h"
#include "common/clock.h"
#include "common/ops/private_memory.h"

int main(int argc, char** argv) {
  // Where the kernel refuses, an operator's own terminal is no worse off.
  weir::ops::KeepMemoryPrivate(weir::ops::CoreDumps::kNever).IgnoreError();
  const weir::SystemClock clock;
  return weir::cli::RunWeirctl(argc, argv, weir::cli::ProcessIo(clock));
}
