#include "cli/io.h"
#include "cli/weirctl.h"
#include "common/clock.h"

int main(int argc, char** argv) {
  const weir::SystemClock clock;
  return weir::cli::RunWeirctl(argc, argv, weir::cli::ProcessIo(clock));
}
