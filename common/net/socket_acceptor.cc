#include "common/net/socket_acceptor.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/net/listen.h"

namespace weir::net {
namespace {

// While the cap is reached, counting thousands of sockets at every connection
// would be the flood's second weapon.
constexpr absl::Duration kRecountInterval = absl::Milliseconds(50);
// What can't be accepted for want of memory or descriptors is tried again.
constexpr absl::Duration kPause = absl::Milliseconds(100);
// A peer that is gone without a word is noticed (RFC 5482).
constexpr unsigned kUserTimeoutMs = 20'000;
constexpr int kOn = 1;

int OpenSpare() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace

// Asio's acceptor, for the address parsing and binding that it comes with; the
// loop is never run.
class SocketAcceptor::Listener {
 public:
  explicit Listener() : acceptor_(loop_) {}

  absl::Status Open(const std::string& address) {
    absl::StatusOr<boost::asio::ip::tcp::acceptor> acceptor =
        Listen(loop_.get_executor(), address);
    if (!acceptor.ok()) return acceptor.status();
    acceptor_ = *std::move(acceptor);
    boost::system::error_code error;
    acceptor_.native_non_blocking(true, error);
    if (!error) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat(address, ": ", error.message()));
  }

  int fd() { return acceptor_.native_handle(); }
  std::string address() const { return LocalAddress(acceptor_); }

 private:
  boost::asio::io_context loop_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

absl::StatusOr<std::unique_ptr<SocketAcceptor>> SocketAcceptor::Start(
    Options options) {
  auto listener = std::make_unique<Listener>();
  absl::Status opened = listener->Open(options.listen_address);
  if (!opened.ok()) return opened;
  const int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) {
    return absl::UnavailableError(
        absl::StrCat(options.listen_address, ": ", std::strerror(errno)));
  }
  std::unique_ptr<SocketAcceptor> acceptor(
      new SocketAcceptor(std::move(options), std::move(listener), wake_fd));
  acceptor->thread_ = std::thread([raw = acceptor.get()] { raw->Run(); });
  return acceptor;
}

SocketAcceptor::SocketAcceptor(Options options,
                               std::unique_ptr<Listener> listener, int wake_fd)
    : options_(std::move(options)),
      listener_(std::move(listener)),
      address_(listener_->address()),
      wake_fd_(wake_fd),
      spare_fd_(OpenSpare()) {}

SocketAcceptor::~SocketAcceptor() {
  Stop();
  close(wake_fd_);
  if (spare_fd_ >= 0) close(spare_fd_);
}

void SocketAcceptor::Stop() {
  stopping_ = true;
  // The counter can't overflow, so the write can't fail.
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof(one));
  if (thread_.joinable()) thread_.join();
}

SocketAcceptor::Stats SocketAcceptor::stats() const {
  Stats stats;
  stats.accepted = accepted_;
  stats.refused = refused_;
  stats.descriptor_shortages = shortages_;
  if (options_.count_open != nullptr) {
    stats.open = options_.count_open();
    return stats;
  }
  MutexLock lock(&mutex_);
  stats.open = census_.Recount();
  return stats;
}

void SocketAcceptor::Run() {
  while (!stopping_) {
    switch (AcceptOne()) {
      case Next::kAcceptMore:
        break;
      case Next::kWaitForPeer:
        Wait(absl::InfiniteDuration(), POLLIN);
        break;
      case Next::kPause:
        Wait(kPause, 0);
        break;
    }
  }
}

SocketAcceptor::Next SocketAcceptor::AcceptOne() {
  const int fd =
      accept4(listener_->fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) return OnAccepted(fd);
  switch (errno) {
    case EAGAIN:
      return Next::kWaitForPeer;
    case EMFILE:
    case ENFILE:
      return OnShortage();
    case ECONNABORTED:
    case EINTR:
      return Next::kAcceptMore;
    default:
      // No memory, or an error of the network that Linux passes on here.
      return Next::kPause;
  }
}

SocketAcceptor::Next SocketAcceptor::OnAccepted(int fd) {
  if (!HasRoom()) {
    ++refused_;
    close(fd);
    return Next::kAcceptMore;
  }
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeoutMs,
             sizeof(kUserTimeoutMs));
  // gRPC sets it on sockets that it accepts itself. Without it, a message waits
  // until the peer has acknowledged the one before, which takes that 40 ms.
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &kOn, sizeof(kOn));
  Count(fd);
  ++accepted_;
  options_.take(listener_->fd(), fd);
  return Next::kAcceptMore;
}

SocketAcceptor::Next SocketAcceptor::OnShortage() {
  ++shortages_;
  if (spare_fd_ < 0) {
    spare_fd_ = OpenSpare();
    return Next::kPause;
  }
  close(spare_fd_);
  const int fd = accept4(listener_->fd(), nullptr, nullptr, SOCK_CLOEXEC);
  if (fd >= 0) {
    ++refused_;
    close(fd);
  }
  spare_fd_ = OpenSpare();
  return spare_fd_ >= 0 ? Next::kAcceptMore : Next::kPause;
}

void SocketAcceptor::Count(int fd) {
  if (options_.count_open != nullptr) return;
  MutexLock lock(&mutex_);
  census_.Add(fd);
}

bool SocketAcceptor::HasRoom() {
  if (options_.count_open != nullptr) {
    return options_.count_open() < options_.max_connections;
  }
  MutexLock lock(&mutex_);
  if (census_.count() < options_.max_connections) return true;
  // Whatever is done to the wall clock.
  const absl::Time now = SystemClock().Now();
  if (now < next_recount_) return false;
  next_recount_ = now + kRecountInterval;
  return census_.Recount() < options_.max_connections;
}

void SocketAcceptor::Wait(absl::Duration at_most,
                          decltype(pollfd::events) listener_events) {
  pollfd fds[] = {{wake_fd_, POLLIN, 0}, {listener_->fd(), listener_events, 0}};
  const int timeout_ms =
      at_most == absl::InfiniteDuration()
          ? -1
          : static_cast<int>(absl::ToInt64Milliseconds(at_most));
  poll(fds, listener_events == 0 ? 1 : 2, timeout_ms);
}

}  // namespace weir::net
