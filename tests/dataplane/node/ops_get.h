// Asks a server that runs on the test's own loop.
#ifndef WEIR_TESTS_DATAPLANE_NODE_OPS_GET_H_
#define WEIR_TESTS_DATAPLANE_NODE_OPS_GET_H_

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <string>

#include "common/net/host_port.h"

namespace weir::testing {

// The whole answer to GET `path` at `address`, head included. Runs `loop` until
// it is there. REQUIRES: `address` is host:port on 127.0.0.1.
inline std::string OpsGet(boost::asio::io_context& loop,
                          const std::string& address, const std::string& path) {
  namespace asio = boost::asio;
  asio::ip::tcp::socket socket(loop);
  socket.connect(
      {asio::ip::address_v4::loopback(), net::ParseHostPort(address)->port});
  asio::write(socket, asio::buffer(
                          "GET " + path +
                          " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  std::string answer;
  bool ended = false;
  asio::async_read(
      socket, asio::dynamic_buffer(answer),
      [&](const boost::system::error_code&, std::size_t) { ended = true; });
  while (!ended) loop.run_one();
  return answer;
}

}  // namespace weir::testing

#endif  // WEIR_TESTS_DATAPLANE_NODE_OPS_GET_H_
