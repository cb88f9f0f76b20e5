#include "tests/end_to_end/harness/inherited_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"

namespace weir::testing {

InheritedListener::InheritedListener()
    : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd_, generic, size) == 0 && ::listen(fd_, SOMAXCONN) == 0 &&
      ::getsockname(fd_, generic, &size) == 0) {
    address_ = absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
  }
}

InheritedListener::~InheritedListener() { ::close(fd_); }

}  // namespace weir::testing
