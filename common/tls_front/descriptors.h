// Tables of descriptors, and how sockets go from one to another.
#ifndef WEIR_COMMON_TLS_FRONT_DESCRIPTORS_H_
#define WEIR_COMMON_TLS_FRONT_DESCRIPTORS_H_

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace weir::tls_front {

// A descriptor that is closed with its owner.
class OwnedFd {
 public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : fd_(fd) {}
  ~OwnedFd() { Close(); }
  OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  // Negative: there is none.
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }
  void Close();

 private:
  int fd_ = -1;
};

// Gives the calling thread a table of descriptors of its own, with nothing in
// it but standard input, output and error, and `kept`, under the same numbers:
// the limit of a process holds for each table. From then on the thread must use
// no other descriptor of the process, and nobody else one of its own. False:
// the kernel can't (before Linux 5.9), and the thread goes on sharing.
bool OwnDescriptorTable(std::vector<int> kept);

struct Channel {
  OwnedFd sender;
  OwnedFd receiver;
};

// Two ends between tables, neither of which blocks.
absl::StatusOr<Channel> MakeChannel();

// Sends `fd`, which stays the caller's; waits for room. UNAVAILABLE: there was
// none for `at_most`, or nobody receives.
absl::Status SendDescriptor(int channel, int fd, absl::Duration at_most);

struct Received {
  enum class What {
    kDescriptor,
    // One was sent for which there was no room in this table; it is closed.
    kLost,
    // Now.
    kNothing,
  };
  What what;
  OwnedFd fd;
};

Received ReceiveDescriptor(int channel);

}  // namespace weir::tls_front

#endif  // WEIR_COMMON_TLS_FRONT_DESCRIPTORS_H_
