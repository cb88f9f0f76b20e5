// Reading and writing a socket.
#ifndef WEIR_DATAPLANE_IO_SYSTEM_CALLS_H_
#define WEIR_DATAPLANE_IO_SYSTEM_CALLS_H_

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstddef>

namespace weir::dataplane::io {

// As recv() and send(). Those are where a thread may be cancelled, which takes
// two locked instructions a call (glibc 2.36); no thread of weir's is.
inline ssize_t Receive(int descriptor, void* to, std::size_t size) {
  return syscall(SYS_recvfrom, descriptor, to, size, 0, nullptr, nullptr);
}

inline ssize_t Send(int descriptor, const void* bytes, std::size_t size) {
  return syscall(SYS_sendto, descriptor, bytes, size, MSG_NOSIGNAL, nullptr, 0);
}

}  // namespace weir::dataplane::io

#endif  // WEIR_DATAPLANE_IO_SYSTEM_CALLS_H_
