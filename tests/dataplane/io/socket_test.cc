#include "dataplane/io/socket.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "tests/dataplane/peers/test_loop.h"

namespace weir::dataplane::io {
namespace {

using testing::SocketPair;
using testing::TestLoop;

class SocketTest : public ::testing::Test {
 protected:
  SocketTest() { socket_.Open(pair_.ours.release()); }

  void ReadAPiece() {
    asio::write(pair_.theirs, asio::buffer("piece", 5));
    pollfd ready{.fd = socket_.descriptor(), .events = POLLIN, .revents = 0};
    constexpr int kPlentyMs = 60'000;
    ASSERT_EQ(poll(&ready, 1, kPlentyMs), 1);
    std::array<char, 16> bytes;
    ASSERT_EQ(socket_.Read(bytes.data(), bytes.size()).bytes, 5U);
  }
  bool AcknowledgesAtOnce() const {
    int at_once = 0;
    socklen_t size = sizeof(at_once);
    EXPECT_EQ(getsockopt(socket_.descriptor(), IPPROTO_TCP, TCP_QUICKACK,
                         &at_once, &size),
              0);
    return at_once != 0;
  }

  TestLoop loop_;
  SocketPair pair_{loop_.context};
  Socket socket_;
};

TEST_F(SocketTest, TheFirstPiecesAreAcknowledgedAtOnce) {
  ReadAPiece();
  EXPECT_TRUE(AcknowledgesAtOnce());
  ReadAPiece();
  EXPECT_TRUE(AcknowledgesAtOnce());
}

TEST_F(SocketTest, ThoseOfAStreamAreAcknowledgedTogether) {
  // Where this thread does not run for 40 ms the kernel is back at once, until
  // it is asked again.
  bool together = false;
  for (int i = 0; i < 1000 && !together; ++i) {
    ReadAPiece();
    together = !AcknowledgesAtOnce();
  }
  EXPECT_TRUE(together);
}

}  // namespace
}  // namespace weir::dataplane::io
