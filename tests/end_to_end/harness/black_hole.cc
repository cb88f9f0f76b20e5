#include "tests/end_to_end/harness/black_hole.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"

namespace weir::testing {
namespace {

// With a backlog of 0 Linux queues one connection; the others stay half open
// and take what is left of the room.
constexpr int kBacklog = 0;
constexpr int kFillers = 4;

}  // namespace

absl::StatusOr<std::unique_ptr<BlackHole>> BlackHole::Open(
    const std::string& address) {
  std::uint32_t port = 0;
  if (!absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port)) {
    return absl::InvalidArgumentError(address);
  }
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* const generic = reinterpret_cast<const sockaddr*>(&name);

  std::unique_ptr<BlackHole> hole(new BlackHole());
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  hole->sockets_.push_back(listener);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::bind(listener, generic, sizeof(name)) != 0 ||
      ::listen(listener, kBacklog) != 0) {
    return absl::ErrnoToStatus(errno, address);
  }
  for (int i = 0; i < kFillers; ++i) {
    const int filler =
        ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    hole->sockets_.push_back(filler);
    if (::connect(filler, generic, sizeof(name)) != 0 && errno != EINPROGRESS) {
      return absl::ErrnoToStatus(errno, address);
    }
  }
  return hole;
}

BlackHole::~BlackHole() {
  for (const int socket : sockets_) ::close(socket);
}

}  // namespace weir::testing
