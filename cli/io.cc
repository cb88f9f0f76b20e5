#include "cli/io.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

namespace weir::cli {
namespace {

Device DeviceOf(int descriptor) {
  return isatty(descriptor) == 1 ? Device::kTerminal : Device::kPipe;
}

int TerminalColumns() {
  constexpr int kUsual = 80;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return kUsual;
  }
  return size.ws_col;
}

}  // namespace

Io ProcessIo(const Clock& clock) {
  return {.in = std::cin,
          .out = std::cout,
          .err = std::cerr,
          .in_device = DeviceOf(STDIN_FILENO),
          .out_device = DeviceOf(STDOUT_FILENO),
          .err_device = DeviceOf(STDERR_FILENO),
          .columns = TerminalColumns,
          .clock = clock};
}

}  // namespace weir::cli
