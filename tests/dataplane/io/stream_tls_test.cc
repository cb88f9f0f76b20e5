#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <boost/asio/socket_base.hpp>
#include <chrono>
#include <memory>
#include <semaphore>
#include <string_view>
#include <thread>
#include <utility>

#include "dataplane/io/socket.h"
#include "dataplane/io/stream.h"
#include "dataplane/io/task.h"
#include "tests/dataplane/io/server_context.h"
#include "tests/dataplane/peers/test_loop.h"

namespace weir::dataplane::io {
namespace {

namespace asio = boost::asio;
using testing::AsTask;
using testing::SocketPair;
using testing::TestLoop;

constexpr std::string_view kFirstWords = "GET / HTTP/1.0\r\n\r\n";

// Shakes hands and speaks at once, on a thread of its own.
class HastyClient {
 public:
  explicit HastyClient(int descriptor)
      : thread_([this, descriptor] { Run(descriptor); }) {}
  ~HastyClient() { thread_.join(); }

  // False where that takes longer than any machine needs.
  bool AwaitFirstWords() {
    return spoken_.try_acquire_for(TestLoop::kPatience);
  }

 private:
  void Run(int descriptor) {
    const SslContext context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    const SslPtr ssl(SSL_new(context.get()));
    SSL_set_fd(ssl.get(), descriptor);
    if (SSL_connect(ssl.get()) != 1) return;
    SSL_write(ssl.get(), kFirstWords.data(),
              static_cast<int>(kFirstWords.size()));
    spoken_.release();
  }

  std::binary_semaphore spoken_{0};
  std::thread thread_;
};

// Once the server has said all of its part, its next read finds all that the
// client has to say: the end of the handshake and the first words.
void LetTheClientFinish(const SSL* ssl, int where, int /*result*/) {
  if (where != SSL_CB_ACCEPT_LOOP || SSL_get_state(ssl) != TLS_ST_SW_FINISHED) {
    return;
  }
  EXPECT_TRUE(
      static_cast<HastyClient*>(SSL_get_app_data(ssl))->AwaitFirstWords());
}

TEST(StreamTlsTest, WhatCameWithTheEndOfTheHandshakeIsRead) {
  TestLoop loop;
  SocketPair pair(loop.context);
  pair.theirs.native_non_blocking(false);
  const SslContext context = ServerContext();
  SslPtr ssl(SSL_new(context.get()));
  HastyClient client(pair.theirs.native_handle());
  // The handshake begins as soon as the stream is there, before any edge is
  // told.
  pair.ours.wait(asio::socket_base::wait_read);
  const auto stream = std::make_shared<Stream>(std::move(pair.ours));
  SSL_set_app_data(ssl.get(), &client);
  SSL_set_info_callback(ssl.get(), LetTheClientFinish);
  ASSERT_FALSE(loop.Run(AsTask(stream->StartTls(std::move(ssl)))));
  ASSERT_FALSE(loop.Run(AsTask(stream->ReadMore())));
  EXPECT_EQ(stream->input(), kFirstWords);
}

}  // namespace
}  // namespace weir::dataplane::io
