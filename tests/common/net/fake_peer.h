// A server on loopback that does to each connection what a test says.
#ifndef WEIR_TESTS_COMMON_NET_FAKE_PEER_H_
#define WEIR_TESTS_COMMON_NET_FAKE_PEER_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <utility>

#include "common/net/task_group.h"
#include "common/net/transport.h"

namespace weir::testing {

// Runs on the test's own loop, so nothing here is concurrent. Ends, with its
// connections, when destroyed.
class FakePeer {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using Script = std::function<boost::asio::awaitable<void>(Socket)>;

  FakePeer(boost::asio::io_context& loop, Script script)
      : script_(std::move(script)),
        acceptor_(loop, {boost::asio::ip::address_v4::loopback(), 0}),
        tasks_(loop.get_executor()) {
    tasks_.Spawn(AcceptLoop());
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  int accepted() const { return accepted_; }

 private:
  boost::asio::awaitable<void> AcceptLoop() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(net::kUseTuple);
      if (error) co_return;
      ++accepted_;
      tasks_.Spawn(script_(std::move(socket)));
    }
  }

  const Script script_;
  boost::asio::ip::tcp::acceptor acceptor_;
  int accepted_ = 0;
  net::TaskGroup tasks_;
};

// Waits until the other side closes, dropping what it sends.
inline boost::asio::awaitable<void> Drain(FakePeer::Socket& socket) {
  char buffer[512];
  for (;;) {
    const auto [error, size] = co_await socket.async_read_some(
        boost::asio::buffer(buffer), net::kUseTuple);
    if (error) co_return;
  }
}

// A script: takes the connection and never says a word.
inline boost::asio::awaitable<void> StaySilent(FakePeer::Socket socket) {
  co_await Drain(socket);
}

// A script: closes the connection at once.
inline boost::asio::awaitable<void> HangUp(FakePeer::Socket) {
  co_return;  // The socket closes with the frame.
}

}  // namespace weir::testing

#endif  // WEIR_TESTS_COMMON_NET_FAKE_PEER_H_
