#include "common/net/socket_acceptor.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <future>
#include <memory>

#include "absl/status/statusor.h"
#include "common/net/host_port.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::chrono::seconds kPatience(20);

TEST(SocketAcceptorTest, WhatItHandsOverNeitherBlocksNorHoldsBack) {
  std::promise<int> handed_over;
  absl::StatusOr<std::unique_ptr<SocketAcceptor>> acceptor =
      SocketAcceptor::Start(
          {.listen_address = "127.0.0.1:0",
           .max_connections = 1,
           .take = [&](int, int fd) { handed_over.set_value(fd); }});
  ASSERT_THAT(acceptor, testing::IsOk());
  asio::io_context loop;
  tcp::socket peer(loop);
  peer.connect({asio::ip::address_v4::loopback(),
                ParseHostPort((*acceptor)->address())->port});

  std::future<int> taken = handed_over.get_future();
  ASSERT_EQ(taken.wait_for(kPatience), std::future_status::ready);
  const int fd = taken.get();
  EXPECT_NE(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  int at_once = 0;
  socklen_t size = sizeof(at_once);
  ASSERT_EQ(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &at_once, &size), 0);
  EXPECT_NE(at_once, 0);
  close(fd);
}

}  // namespace
}  // namespace weir::net
