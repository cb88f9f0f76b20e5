#include "tests/end_to_end/harness/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace weir::testing {

Socket::Socket() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}

Socket::~Socket() { ::close(fd_); }

void Socket::LimitReceiveBuffer(int bytes) const {
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

absl::Status Socket::Connect(const std::string& address) const {
  const std::size_t colon = address.rfind(':');
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_port =
      htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &peer.sin_addr);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&peer), sizeof(peer)) == 0) {
    return absl::OkStatus();
  }
  return absl::UnavailableError(
      absl::StrCat(address, ": ", std::strerror(errno)));
}

void Socket::Write(const std::string& bytes) const {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t count =
        ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;
    sent += static_cast<std::size_t>(count);
  }
}

bool Socket::Read(std::string& bytes) const {
  char buffer[4096];
  const ssize_t count = ::recv(fd_, buffer, sizeof(buffer), 0);
  if (count <= 0) return false;
  bytes.append(buffer, static_cast<std::size_t>(count));
  return true;
}

bool Socket::Readable(absl::Duration limit) const {
  pollfd wanted{.fd = fd_, .events = POLLIN, .revents = 0};
  return ::poll(&wanted, 1,
                static_cast<int>(absl::ToInt64Milliseconds(limit))) > 0;
}

}  // namespace weir::testing
