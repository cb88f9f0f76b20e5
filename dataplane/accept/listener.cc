#include "dataplane/accept/listener.h"

#include <spdlog/spdlog.h>

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
      boost::system::error_code ignored;
      // Answers go out in one write each; waiting for more gains nothing.
      socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
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
