#include "bench/event_loop/socket.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "bench/text/text.h"

namespace weir::bench {
namespace {

constexpr int kBacklog = 4096;

absl::Status SystemError(std::string_view what) {
  return absl::UnavailableError(text::Cat(what, ": ", strerror(errno)));
}

void SetOption(const FileDescriptor& socket, int level, int name) {
  const int on = 1;
  ::setsockopt(socket.get(), level, name, &on, sizeof(on));
}

const sockaddr* Generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

FileDescriptor NewSocket() {
  return FileDescriptor(
      ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

}  // namespace

absl::StatusOr<sockaddr_in> ParseAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const auto port =
      colon == std::string_view::npos
          ? std::nullopt
          : text::ParseInteger<std::uint16_t>(text.substr(colon + 1));
  if (!port) {
    return absl::InvalidArgumentError(
        text::Cat("'", text, "' is not an address; write host:port"));
  }
  std::string host(text.substr(0, colon));
  if (host == "localhost") host = "127.0.0.1";
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(*port);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    return absl::InvalidArgumentError(text::Cat(
        "'", host, "' is not an IPv4 address; write one, or localhost"));
  }
  return address;
}

absl::StatusOr<FileDescriptor> Listen(const sockaddr_in& address) {
  FileDescriptor socket = NewSocket();
  if (!socket.open()) return SystemError("socket");
  SetOption(socket, SOL_SOCKET, SO_REUSEADDR);
  SetOption(socket, SOL_SOCKET, SO_REUSEPORT);
  if (::bind(socket.get(), Generic(address), sizeof(address)) != 0) {
    return SystemError("bind");
  }
  if (::listen(socket.get(), kBacklog) != 0) return SystemError("listen");
  return socket;
}

std::uint16_t BoundPort(const FileDescriptor& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

absl::StatusOr<FileDescriptor> Accept(const FileDescriptor& listener) {
  for (;;) {
    FileDescriptor socket(::accept4(listener.get(), nullptr, nullptr,
                                    SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.open()) {
      SetOption(socket, IPPROTO_TCP, TCP_NODELAY);
      return socket;
    }
    if (errno == EAGAIN) return absl::NotFoundError("");
    // Anything else is about that one connection, which is gone.
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
        errno == ENOMEM) {
      return absl::ResourceExhaustedError("");
    }
  }
}
absl::StatusOr<FileDescriptor> StartConnect(const sockaddr_in& address) {
  FileDescriptor socket = NewSocket();
  if (!socket.open()) return SystemError("socket");
  SetOption(socket, IPPROTO_TCP, TCP_NODELAY);
  if (::connect(socket.get(), Generic(address), sizeof(address)) != 0 &&
      errno != EINPROGRESS) {
    return SystemError("connect");
  }
  return socket;
}

absl::Status ConnectError(const FileDescriptor& socket) {
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error == 0) return absl::OkStatus();
  return absl::UnavailableError(text::Cat("connect: ", strerror(error)));
}

void ResetOnClose(const FileDescriptor& socket) {
  const linger reset{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
}

void RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace weir::bench
