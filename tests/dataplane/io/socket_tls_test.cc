#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/io/socket.h"
#include "tests/dataplane/io/server_context.h"
#include "tests/dataplane/peers/test_loop.h"

namespace weir::dataplane::io {
namespace {

using testing::SocketPair;
using testing::TestLoop;
using State = Socket::Step::State;

// A server's socket, and a client that OpenSSL alone makes.
class SocketTlsTest : public ::testing::Test {
 protected:
  SocketTlsTest() {
    socket_.Open(pair_.ours.release());
    socket_.StartTls(SslPtr(SSL_new(server_.get())));
    pair_.theirs.native_non_blocking(true);
    SSL_set_fd(client_.get(), pair_.theirs.native_handle());
    SSL_set_connect_state(client_.get());
    // Each takes a few turns.
    bool theirs = false;
    bool ours = false;
    for (int turn = 0; turn < 100 && !(theirs && ours); ++turn) {
      theirs = SSL_do_handshake(client_.get()) == 1;
      ours = socket_.Handshake().state == State::kDone;
    }
    EXPECT_TRUE(theirs && ours);
    // Tickets, so that nothing but what a test says is on its way.
    std::array<char, 1> nothing;
    SSL_read(client_.get(), nothing.data(), nothing.size());
  }

  // In a record of its own, which has come when this returns.
  void Say(std::string_view words) {
    ASSERT_EQ(
        SSL_write(client_.get(), words.data(), static_cast<int>(words.size())),
        static_cast<int>(words.size()));
    pollfd ready{.fd = socket_.descriptor(), .events = POLLIN, .revents = 0};
    constexpr int kPlentyMs = 60'000;
    ASSERT_EQ(poll(&ready, 1, kPlentyMs), 1);
  }

  struct Heard {
    State state;
    std::string words;
    bool operator==(const Heard&) const = default;
  };
  Heard Hear() {
    std::array<char, 64> bytes;
    const Socket::Step step = socket_.Read(bytes.data(), bytes.size());
    return {step.state, std::string(bytes.data(), step.bytes)};
  }

  TestLoop loop_;
  SocketPair pair_{loop_.context};
  SslContext server_ = ServerContext();
  SslContext client_context_{SSL_CTX_new(TLS_client_method()), &SSL_CTX_free};
  SslPtr client_{SSL_new(client_context_.get())};
  Socket socket_;
};

TEST_F(SocketTlsTest, AReadTellsThatNothingIsLeft) {
  Say("one");
  EXPECT_EQ(Hear(), (Heard{State::kPart, "one"}));
  EXPECT_EQ(Hear(), (Heard{State::kWait, ""}));
}

TEST_F(SocketTlsTest, ARecordThatCameWithAnotherIsLeft) {
  Say("one");
  Say("two");
  EXPECT_EQ(Hear(), (Heard{State::kDone, "one"}));
  EXPECT_EQ(Hear().words, "two");
}

// Its bytes were taken from the kernel before the third one came.
TEST_F(SocketTlsTest, ARecordThatStoodReadTellsNothingOfTheKernel) {
  Say("one");
  Say("two");
  EXPECT_EQ(Hear(), (Heard{State::kDone, "one"}));
  Say("three");
  EXPECT_EQ(Hear(), (Heard{State::kDone, "two"}));
  EXPECT_EQ(Hear(), (Heard{State::kPart, "three"}));
}

TEST_F(SocketTlsTest, ARecordLargerThanTheRoomIsReadToItsEnd) {
  const std::string words(100, 'x');
  Say(words);
  EXPECT_EQ(Hear(), (Heard{State::kDone, words.substr(0, 64)}));
  EXPECT_EQ(Hear().words, words.substr(64));
}

TEST_F(SocketTlsTest, AnEndWithoutAWordIsACut) {
  pair_.theirs.close();
  EXPECT_EQ(Hear().state, State::kEnd);
  EXPECT_EQ(socket_.error().message(), "stream truncated");
}

TEST_F(SocketTlsTest, WhatIsWrittenInPiecesComesWhole) {
  const std::string large(20'000, 'y');
  const std::vector<asio::const_buffer> pieces = {
      asio::buffer("head", 4), asio::buffer("", 0), asio::buffer(large),
      asio::buffer("tail", 4)};
  const Socket::Step step = socket_.Write(pieces, 2);
  EXPECT_EQ(step.state, State::kDone);
  EXPECT_EQ(step.bytes, 20'006U);
  std::string heard;
  while (heard.size() < step.bytes) {
    std::array<char, 4096> bytes;
    const int got = SSL_read(client_.get(), bytes.data(), bytes.size());
    if (got > 0) heard.append(bytes.data(), static_cast<std::size_t>(got));
  }
  EXPECT_EQ(heard, "ad" + large + "tail");
}

}  // namespace
}  // namespace weir::dataplane::io
