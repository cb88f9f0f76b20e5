#include "dataplane/accept/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/execution_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/net/listen.h"

namespace weir::dataplane {
namespace {

// nginx waits as long before it tries again without descriptors.
constexpr std::chrono::milliseconds kPause{500};

// Connections that are taken in a row.
constexpr int kMostAtOnce = 64;

// What the kernel takes in for a client that does not read. Its own choice goes
// to megabytes: a provider would be read, and its tokens paid for, that much
// further than the client reads.
constexpr int kUnsentBytes = 64 * 1024;

// Options fail only on a socket that is dead already, which the next operation
// notices.
void SetOptions(boost::asio::ip::tcp::socket& socket) {
  boost::system::error_code ignored;
  // Answers go out in one write each; waiting for more gains nothing.
  socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT,
             &kUnsentBytes, sizeof(kUnsentBytes));
}

}  // namespace

Listener::Listener(boost::asio::io_context& context,
                   std::function<void(boost::asio::ip::tcp::socket)> on_accept)
    : context_(context),
      reactor_(boost::asio::use_service<io::Reactor>(context)),
      on_accept_(std::move(on_accept)),
      acceptor_(context),
      pause_(context) {}

absl::StatusOr<std::string> Listener::Start(const std::string& listen_address) {
  auto acceptor = net::Listen(context_.get_executor(), listen_address,
                              net::PortSharing::kShared);
  if (!acceptor.ok()) return acceptor.status();
  acceptor_ = *std::move(acceptor);
  acceptor_.non_blocking(true);
  protocol_ = acceptor_.local_endpoint().protocol();
  if (!reactor_.Add(acceptor_.native_handle(), *this)) {
    return absl::ErrnoToStatus(errno, "cannot wait for connections");
  }
  return net::LocalAddress(acceptor_);
}

void Listener::Stop() {
  if (!acceptor_.is_open()) return;
  reactor_.Remove(acceptor_.native_handle(), *this);
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void Listener::OnReady(std::uint32_t /*events*/) {
  // Each who comes meanwhile makes an edge.
  if (paused_) return;
  for (int accepted = 0; accepted < kMostAtOnce; ++accepted) {
    if (!AcceptOne()) return;
  }
  // Those who are connected have their turn.
  reactor_.TellAgain(acceptor_.native_handle(), *this);
}

bool Listener::AcceptOne() {
  // Not Asio's, which waits for another one when a client has left the queue.
  const int descriptor = accept4(acceptor_.native_handle(), nullptr, nullptr,
                                 SOCK_NONBLOCK | SOCK_CLOEXEC);
  boost::system::error_code error;
  boost::asio::ip::tcp::socket socket(context_);
  if (descriptor >= 0) {
    socket.assign(protocol_, descriptor, error);
    if (error) close(descriptor);
  } else {
    if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
    if (errno == EINTR || errno == ECONNABORTED) return true;
    error.assign(errno, boost::system::system_category());
  }
  if (error) {
    spdlog::warn("cannot accept: {}; pausing", error.message());
    Pause();
    return false;
  }
  SetOptions(socket);
  on_accept_(std::move(socket));
  return acceptor_.is_open();
}

void Listener::Pause() {
  paused_ = true;
  pause_.expires_after(kPause);
  pause_.async_wait([this](boost::system::error_code cancelled) {
    if (cancelled) return;
    paused_ = false;
    reactor_.TellAgain(acceptor_.native_handle(), *this);
  });
}

}  // namespace weir::dataplane
