#include "bench/event_loop/file_descriptor.h"

#include <unistd.h>

namespace weir::bench {

void FileDescriptor::Close() {
  if (fd_ != kClosed) ::close(std::exchange(fd_, kClosed));
}

}  // namespace weir::bench
