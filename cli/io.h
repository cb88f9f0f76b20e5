// The world around one run of weirctl, so that a test can be it.
#ifndef WEIR_CLI_IO_H_
#define WEIR_CLI_IO_H_

#include <functional>
#include <istream>
#include <ostream>

#include "common/clock.h"

namespace weir::cli {

enum class Device { kPipe, kTerminal };

struct Io {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  Device in_device;
  Device out_device;
  Device err_device;
  // Width of the terminal now, 1 or more; used when `out` is one.
  std::function<int()> columns;
  const Clock& clock;
};

// The process's own streams.
Io ProcessIo(const Clock& clock);

}  // namespace weir::cli

#endif  // WEIR_CLI_IO_H_
