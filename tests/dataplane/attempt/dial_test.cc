#include "dataplane/attempt/dial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/net/dial_plan.h"
#include "common/net/tls.h"
#include "common/net/transport.h"
#include "common/net/url.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/io/stream.h"
#include "tests/common/net/fake_peer.h"
#include "tests/common/net/test_authority.h"
#include "tests/dataplane/peers/test_loop.h"
#include "tests/testing/status_matchers.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;
using testing::AsTask;
using testing::FakePeer;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::KeyAndCertificate;
using testing::Started;
using testing::StatusIs;
using testing::StaySilent;
using testing::TestAuthority;
using testing::TestLoop;

using TlsSocket = asio::ssl::stream<FakePeer::Socket>;
using Dialled = absl::StatusOr<std::shared_ptr<io::Stream>>;

// A TLS server on the test's loop; after the handshake it does what `then` says
// and closes without a word.
class TlsServer {
 public:
  using Then = std::function<asio::awaitable<void>(TlsSocket&)>;

  TlsServer(asio::io_context& loop, const KeyAndCertificate& identity,
            Then then)
      : context_(asio::ssl::context::tls_server),
        then_(std::move(then)),
        peer_(loop,
              [this](FakePeer::Socket s) { return Serve(std::move(s)); }) {
    context_.use_certificate(asio::buffer(identity.certificate_pem),
                             asio::ssl::context::pem);
    context_.use_private_key(asio::buffer(identity.key_pem),
                             asio::ssl::context::pem);
  }

  std::uint16_t port() const { return peer_.port(); }

 private:
  asio::awaitable<void> Serve(FakePeer::Socket socket) {
    TlsSocket stream(std::move(socket), context_);
    const auto [error] = co_await stream.async_handshake(
        asio::ssl::stream_base::server, net::kUseTuple);
    if (!error) co_await then_(stream);
  }

  asio::ssl::context context_;
  const Then then_;
  FakePeer peer_;
};

// Sends back what comes.
asio::awaitable<void> Echo(TlsSocket& socket) {
  std::vector<char> buffer(100'000);
  for (;;) {
    const auto [error, size] =
        co_await socket.async_read_some(asio::buffer(buffer), net::kUseTuple);
    if (error) co_return;
    const auto [failed, sent] = co_await asio::async_write(
        socket, asio::buffer(buffer.data(), size), net::kUseTuple);
    if (failed) co_return;
  }
}

asio::awaitable<void> SayNothing(TlsSocket& socket) {
  co_await testing::Drain(socket.next_layer());
}

asio::awaitable<void> SayHi(TlsSocket& socket) {
  co_await asio::async_write(socket, asio::buffer("hi", 2), net::kUseTuple);
}

class DialTest : public ::testing::Test, public io::Stream::Watcher {
 protected:
  DialTest() {
    // As main() does: OpenSSL writes without MSG_NOSIGNAL.
    std::signal(SIGPIPE, SIG_IGN);
    ca_file_ = ::testing::TempDir() + "/weir_dataplane_dial_test_ca_" +
               std::to_string(getpid()) + ".pem";
    std::ofstream(ca_file_) << authority_.certificate_pem();
    context_ = net::MakeClientContext(ca_file_).value();
  }
  ~DialTest() override { std::remove(ca_file_.c_str()); }

  void OnInputOrEnd() override { ++told_; }

  net::DialPlan Plan(net::Scheme scheme, std::uint16_t port) const {
    const bool tls = scheme == net::Scheme::kHttps;
    return {net::Url{scheme, "127.0.0.1", port, ""}, "127.0.0.1",
            tls ? context_ : nullptr, std::nullopt};
  }
  TlsServer Server(TlsServer::Then then) {
    return {loop_.context,
            authority_.Issue({.alternative_names = "IP:127.0.0.1"}),
            std::move(then)};
  }
  io::Task<Dialled> DialTask(const net::DialPlan& plan) {
    return Dial(loop_.context, loop_.wheel, plan, absl::Seconds(5), &sessions_,
                interrupt_);
  }
  Dialled DialTls(std::uint16_t port) {
    const net::DialPlan plan = Plan(net::Scheme::kHttps, port);
    return loop_.Run(DialTask(plan));
  }
  io::error_code ReadMore(io::Stream& stream) {
    return loop_.Run(AsTask(stream.ReadMore()));
  }

  TestLoop loop_;
  Interrupt interrupt_{loop_.wheel};
  TestAuthority authority_;
  std::string ca_file_;
  std::shared_ptr<asio::ssl::context> context_;
  net::TlsSessionCache sessions_;
  int told_ = 0;
};

TEST_F(DialTest, PlainConnectionsAreStreamsAtOnce) {
  FakePeer peer(loop_.context, StaySilent);
  const net::DialPlan plan = Plan(net::Scheme::kHttp, peer.port());
  const Dialled stream = loop_.Run(DialTask(plan));
  ASSERT_THAT(stream, IsOk());
  EXPECT_EQ((*stream)->tls(), nullptr);
  EXPECT_TRUE((*stream)->open());
}

// More than the kernel takes at once, in pieces that don't end where records
// do.
TEST_F(DialTest, AWriteWaitsUntilThePeerTakesAll) {
  std::string taken;
  bool begin = false;
  TlsServer server = Server([&](TlsSocket& socket) -> asio::awaitable<void> {
    while (!begin) {
      co_await asio::post(socket.get_executor(), asio::use_awaitable);
    }
    std::vector<char> buffer(100'000);
    for (;;) {
      const auto [error, size] =
          co_await socket.async_read_some(asio::buffer(buffer), net::kUseTuple);
      if (error) co_return;
      taken.append(buffer.data(), size);
    }
  });
  const Dialled stream = DialTls(server.port());
  ASSERT_THAT(stream, IsOk());
  const std::string first(8'000'000, 'a');
  const std::string second(20'001, 'b');
  const std::array<asio::const_buffer, 3> buffers = {
      asio::buffer(first), asio::buffer("-", 1), asio::buffer(second)};
  auto writing = AsTask((*stream)->Write(buffers));
  EXPECT_FALSE(writing.ended());
  begin = true;
  loop_.RunUntil([&] { return taken.size() >= 8'020'002; });
  ASSERT_TRUE(writing.ended());
  EXPECT_FALSE(writing.Result());
  EXPECT_TRUE(taken == first + "-" + second);
}

TEST_F(DialTest, SmallPiecesComeBackWhole) {
  TlsServer server = Server(Echo);
  const Dialled stream = DialTls(server.port());
  ASSERT_THAT(stream, IsOk());
  for (const std::string& said :
       {std::string("x"), std::string(16'384, 'r'), std::string(40'000, 'm')}) {
    const std::array<asio::const_buffer, 3> buffers = {
        asio::buffer("<", 1), asio::buffer(said), asio::buffer(">", 1)};
    ASSERT_FALSE(loop_.Run(AsTask((*stream)->Write(buffers))));
    while ((*stream)->input().size() < said.size() + 2) {
      ASSERT_FALSE(ReadMore(**stream));
    }
    EXPECT_EQ((*stream)->input(), "<" + said + ">");
    (*stream)->Consume((*stream)->input().size());
  }
}

TEST_F(DialTest, TicketsAreNoInput) {
  TlsServer server = Server(SayNothing);
  const Dialled stream = DialTls(server.port());
  ASSERT_THAT(stream, IsOk());
  (*stream)->Watch(this);
  loop_.Pass(absl::Seconds(1));
  EXPECT_EQ(told_, 0);
  EXPECT_TRUE((*stream)->IsQuiet());
}

TEST_F(DialTest, AnEndWithoutNoticeIsATruncation) {
  TlsServer server = Server(SayHi);
  const Dialled stream = DialTls(server.port());
  ASSERT_THAT(stream, IsOk());
  ASSERT_FALSE(ReadMore(**stream));
  EXPECT_EQ((*stream)->input(), "hi");
  EXPECT_EQ(ReadMore(**stream), asio::ssl::error::stream_truncated);
  EXPECT_TRUE((*stream)->ended());
}

TEST_F(DialTest, AnEndWithNoticeIsOrderly) {
  TlsServer server = Server([](TlsSocket& socket) -> asio::awaitable<void> {
    co_await socket.async_shutdown(net::kUseTuple);
  });
  const Dialled stream = DialTls(server.port());
  ASSERT_THAT(stream, IsOk());
  EXPECT_EQ(ReadMore(**stream), asio::error::eof);
}

TEST_F(DialTest, SessionsAreResumed) {
  TlsServer server = Server(SayHi);
  for (const bool resumed : {false, true, true}) {
    const Dialled stream = DialTls(server.port());
    ASSERT_THAT(stream, IsOk());
    // Tickets come with the first bytes.
    ASSERT_FALSE(ReadMore(**stream));
    EXPECT_EQ(SSL_session_reused((*stream)->tls()) == 1, resumed);
  }
}

TEST_F(DialTest, AnotherAuthorityIsRefusedWithTheReason) {
  TlsServer server(loop_.context,
                   TestAuthority().Issue({.alternative_names = "IP:127.0.0.1"}),
                   SayHi);
  EXPECT_THAT(DialTls(server.port()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("certificate")));
}

TEST_F(DialTest, APeerThatHangsUpDuringTheHandshakeIsUnavailable) {
  FakePeer peer(loop_.context, testing::HangUp);
  EXPECT_THAT(DialTls(peer.port()), StatusIs(absl::StatusCode::kUnavailable,
                                             HasSubstr("TLS handshake")));
}

TEST_F(DialTest, AStalledHandshakeEndsAtTheLimit) {
  FakePeer peer(loop_.context, StaySilent);
  const net::DialPlan plan = Plan(net::Scheme::kHttps, peer.port());
  Started dialling(loop_, DialTask(plan));
  loop_.RunUntil([&] { return peer.accepted() == 1; });
  loop_.Settle();
  loop_.Pass(absl::Seconds(5));
  EXPECT_THAT(dialling.Result(), StatusIs(absl::StatusCode::kDeadlineExceeded,
                                          HasSubstr("TLS handshake")));
}

TEST_F(DialTest, AnInterruptEndsIt) {
  FakePeer peer(loop_.context, StaySilent);
  const net::DialPlan plan = Plan(net::Scheme::kHttps, peer.port());
  Started dialling(loop_, DialTask(plan));
  loop_.RunUntil([&] { return peer.accepted() == 1; });
  interrupt_.Raise(Interrupt::Why::kClientGone);
  EXPECT_THAT(dialling.Result(), StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace weir::dataplane
