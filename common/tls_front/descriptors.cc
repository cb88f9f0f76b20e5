#include "common/tls_front/descriptors.h"

#include <linux/close_range.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock.h"

namespace weir::tls_front {
namespace {

constexpr absl::Duration kTryAgain = absl::Milliseconds(10);

// A message of one byte with room for one descriptor beside it.
class Envelope {
 public:
  Envelope() {
    message_.msg_iov = &data_;
    message_.msg_iovlen = 1;
    message_.msg_control = control_.data();
    message_.msg_controllen = control_.size();
  }
  // What is in it refers to the rest.
  Envelope(const Envelope&) = delete;
  Envelope& operator=(const Envelope&) = delete;

  msghdr* message() { return &message_; }
  // Null where none came.
  cmsghdr* rights() { return CMSG_FIRSTHDR(&message_); }

 private:
  char byte_ = 0;
  iovec data_{&byte_, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control_{};
  msghdr message_{};
};

bool CloseRange(int first, int last, unsigned flags) {
  return close_range(static_cast<unsigned>(first), static_cast<unsigned>(last),
                     static_cast<int>(flags)) == 0;
}

bool SendOnce(int channel, int fd) {
  Envelope envelope;
  cmsghdr* const rights = envelope.rights();
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(rights), &fd, sizeof(int));
  return sendmsg(channel, envelope.message(), MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

}  // namespace

void OwnedFd::Close() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

bool OwnDescriptorTable(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  int first = STDERR_FILENO + 1;
  // The first call makes the table and must not fail half-way: one that has
  // nothing to close says whether the kernel can do it.
  constexpr int kLast = 0x7fffffff;
  if (!CloseRange(kLast, kLast, CLOSE_RANGE_UNSHARE)) return false;
  for (const int fd : kept) {
    if (fd > first) CloseRange(first, fd - 1, 0);
    first = std::max(first, fd + 1);
  }
  CloseRange(first, kLast, 0);
  return true;
}

absl::StatusOr<Channel> MakeChannel() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                 ends) != 0) {
    return absl::UnavailableError(
        absl::StrCat("socketpair: ", std::strerror(errno)));
  }
  return Channel{OwnedFd(ends[0]), OwnedFd(ends[1])};
}

absl::Status SendDescriptor(int channel, int fd, absl::Duration at_most) {
  const SystemClock clock;
  const absl::Time deadline = clock.Now() + at_most;
  while (!SendOnce(channel, fd)) {
    const int error = errno;
    // The last: too many descriptors of this user are under way.
    const bool full = error == EAGAIN || error == ENOBUFS || error == ENOMEM ||
                      error == ETOOMANYREFS;
    if (error == EINTR) continue;
    if (!full || clock.Now() >= deadline) {
      return absl::UnavailableError(
          absl::StrCat("a socket can't be passed on: ", std::strerror(error)));
    }
    pollfd room{channel, POLLOUT, 0};
    const auto wait_ms = static_cast<int>(absl::ToInt64Milliseconds(kTryAgain));
    if (error == EAGAIN) {
      poll(&room, 1, wait_ms);
    } else {
      poll(nullptr, 0, wait_ms);
    }
  }
  return absl::OkStatus();
}

Received ReceiveDescriptor(int channel) {
  Envelope envelope;
  ssize_t size = 0;
  do {
    size =
        recvmsg(channel, envelope.message(), MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  } while (size < 0 && errno == EINTR);
  if (size <= 0) return {Received::What::kNothing, OwnedFd()};
  const cmsghdr* const rights = envelope.rights();
  if (rights == nullptr || rights->cmsg_type != SCM_RIGHTS) {
    return {Received::What::kLost, OwnedFd()};
  }
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(rights), sizeof(int));
  return {Received::What::kDescriptor, OwnedFd(fd)};
}

}  // namespace weir::tls_front
