#include "dataplane/accept/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/net/listen.h"

namespace weir::dataplane {
namespace {

// nginx waits as long before it tries again without descriptors.
constexpr std::chrono::milliseconds kPause{500};

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
      on_accept_(std::move(on_accept)),
      acceptor_(context),
      pause_(context) {}

absl::StatusOr<std::string> Listener::Start(const std::string& listen_address) {
  auto acceptor = net::Listen(context_.get_executor(), listen_address,
                              net::PortSharing::kShared);
  if (!acceptor.ok()) return acceptor.status();
  acceptor_ = *std::move(acceptor);
  AcceptNext();
  return net::LocalAddress(acceptor_);
}

void Listener::Stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void Listener::AcceptNext() {
  acceptor_.async_accept([this](boost::system::error_code error,
                                boost::asio::ip::tcp::socket socket) {
    if (error == boost::asio::error::operation_aborted) return;
    if (!error) {
      SetOptions(socket);
      on_accept_(std::move(socket));
      return AcceptNext();
    }
    spdlog::warn("cannot accept: {}; pausing", error.message());
    pause_.expires_after(kPause);
    pause_.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled) AcceptNext();
    });
  });
}

}  // namespace weir::dataplane
