#include "tests/end_to_end/harness/raw_http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <regex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace weir::testing {
namespace {

class Socket {
 public:
  Socket() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() { ::close(fd_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  absl::Status Connect(const std::string& address) const {
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

  // Ends early when the server closes first: it may refuse what is half sent.
  void Write(const std::string& bytes) const {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t count =
          ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      sent += static_cast<std::size_t>(count);
    }
  }

  // Appends what comes; whether the connection goes on.
  bool Read(std::string& bytes) const {
    char buffer[4096];
    const ssize_t count = ::recv(fd_, buffer, sizeof(buffer), 0);
    if (count <= 0) return false;
    bytes.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  bool Readable(absl::Duration limit) const {
    pollfd wanted{.fd = fd_, .events = POLLIN, .revents = 0};
    return ::poll(&wanted, 1,
                  static_cast<int>(absl::ToInt64Milliseconds(limit))) > 0;
  }

 private:
  const int fd_;
};

}  // namespace

absl::StatusOr<RawAnswer> SendRaw(const std::string& address,
                                  const std::string& bytes,
                                  absl::Duration silence) {
  const Socket socket;
  if (absl::Status status = socket.Connect(address); !status.ok()) {
    return status;
  }
  socket.Write(bytes);
  RawAnswer answer;
  while (!answer.closed && socket.Readable(silence)) {
    answer.closed = !socket.Read(answer.bytes);
  }
  // Our answers are JSON without line ends, so a status line that begins a line
  // begins an answer.
  static const std::regex kStatusLine(R"((^|\n|\})HTTP/1\.[01] ([0-9]{3}) )");
  for (std::sregex_iterator
           match(answer.bytes.begin(), answer.bytes.end(), kStatusLine),
       end;
       match != end; ++match) {
    answer.statuses.push_back(std::stoi(match->str(2)));
  }
  return answer;
}

}  // namespace weir::testing
