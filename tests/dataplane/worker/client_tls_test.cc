// Clients that speak TLS to a worker.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/tls/identity.h"
#include "common/tls/openssl.h"
#include "common/tls/server_context.h"
#include "dataplane/worker_report.h"
#include "tests/common/tls/test_certificates.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/http_client.h"
#include "tests/dataplane/peers/snapshot_by_hand.h"
#include "tests/dataplane/peers/worker_fixture.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using testing::AnswerEach;
using ::testing::EndsWith;
using testing::HttpAnswer;
using ::testing::StartsWith;
using testing::TestCertificates;

// A client on a connection of its own that believes one authority.
class TlsClient {
 public:
  TlsClient(const std::string& address, const std::string& authority) {
    context_.add_certificate_authority(
        asio::buffer(authority.data(), authority.size()));
    stream_.set_verify_mode(asio::ssl::verify_peer);
    const auto port = static_cast<std::uint16_t>(
        std::stoi(address.substr(address.rfind(':') + 1)));
    stream_.next_layer().connect({asio::ip::address_v4::loopback(), port});
  }

  // `protocols` as ALPN has them on the wire; empty: none is offered.
  error_code Handshake(std::string_view protocols = "") {
    if (!protocols.empty()) {
      SSL_set_alpn_protos(
          stream_.native_handle(),
          reinterpret_cast<const unsigned char*>(protocols.data()),
          static_cast<unsigned int>(protocols.size()));
    }
    error_code error;
    stream_.handshake(asio::ssl::stream_base::client, error);
    return error;
  }
  std::string Protocol() {
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(stream_.native_handle(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }

  void Send(std::string_view request) {
    error_code ended;
    asio::write(stream_, asio::buffer(request.data(), request.size()), ended);
  }
  // What comes until it ends by `last`, or the connection does, which `end()`
  // then says how.
  std::string ReadUntil(std::string_view last) {
    std::string text;
    char buffer[16384];
    while (!text.ends_with(last) || last.empty()) {
      const std::size_t size = stream_.read_some(asio::buffer(buffer), end_);
      text.append(buffer, size);
      if (end_) break;
    }
    return text;
  }
  error_code end() const { return end_; }

 private:
  asio::io_context loop_;
  asio::ssl::context context_{asio::ssl::context::tls_client};
  asio::ssl::stream<asio::ip::tcp::socket> stream_{loop_, context_};
  error_code end_;
};

class ClientTlsTest : public testing::WorkerFixture {
 protected:
  // As main() does: OpenSSL writes to connections that the client has closed.
  ClientTlsTest() { std::signal(SIGPIPE, SIG_IGN); }

  static tls::ContextPtr ContextOf(const TestCertificates& certificates) {
    tls::IdentityFiles files = certificates.Write(
        "port", certificates.Sign(certificates.Server("weir")));
    return tls::MakeServerContext(tls::LoadIdentity(files, absl::Now()).value())
        .value();
  }

  void Serve(const std::string& body) {
    body_ = body;
    hand_.AddModel("m", {AddProvider("p", AnswerEach(HttpAnswer(200, body)))});
    options_.tls = ContextOf(certificates_);
    Start();
  }
  TlsClient Client() const { return {address_, certificates_.authority_pem()}; }

  const TestCertificates certificates_{absl::Now()};
  std::string body_;
};

TEST_F(ClientTlsTest, ServesRequestAfterRequest) {
  Serve("{\"id\": \"small\"}");
  TlsClient client = Client();
  ASSERT_FALSE(client.Handshake("\x02h2\x08http/1.1"));
  EXPECT_EQ(client.Protocol(), "http/1.1");
  for (int i = 0; i < 3; ++i) {
    client.Send(testing::ChatRequest("m"));
    EXPECT_THAT(client.ReadUntil(body_), StartsWith("HTTP/1.1 200"));
  }
  EXPECT_EQ(Collect().connections_accepted, 1);
}

TEST_F(ClientTlsTest, AnswersOfManyRecordsAreWhole) {
  Serve("{\"id\": \"" + std::string(700'000, 'x') + "\"}");
  TlsClient client = Client();
  ASSERT_FALSE(client.Handshake());
  client.Send(testing::ChatRequest("m"));
  const std::string answer = client.ReadUntil("\"}");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, EndsWith(body_));
}

TEST_F(ClientTlsTest, TheEndIsSaidInTls) {
  Serve("{}");
  TlsClient client = Client();
  ASSERT_FALSE(client.Handshake());
  client.Send("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.ReadUntil(""), StartsWith("HTTP/1.1 200"));
  // Not asio::ssl::error::stream_truncated.
  EXPECT_EQ(client.end(), asio::error::eof);
}

TEST_F(ClientTlsTest, WhoOffersAnotherProtocolAloneIsRefused) {
  Serve("{}");
  TlsClient client = Client();
  EXPECT_TRUE(client.Handshake("\x02h2"));
  CollectUntil([](const WorkerReport& report) {
    return report.tls_handshake_failures == 1;
  });
}

TEST_F(ClientTlsTest, PlainTextIsNoRequest) {
  Serve("{}");
  testing::HttpClient plain = Connect();
  plain.Send(testing::ChatRequest("m"));
  EXPECT_EQ(plain.Read().status, 0);
  CollectUntil([](const WorkerReport& report) {
    return report.tls_handshake_failures == 1 && report.connections_open == 0;
  });
}

TEST_F(ClientTlsTest, WhoSaysNothingIsGoneInTime) {
  Serve("{}");
  testing::HttpClient silent = Connect();
  CollectUntil(
      [](const WorkerReport& report) { return report.connections_open == 1; });
  clock_.Advance(options_.limits.head_timeout + absl::Seconds(1));
  CollectUntil([](const WorkerReport& report) {
    return report.tls_handshake_failures == 1 && report.connections_open == 0;
  });
}

TEST_F(ClientTlsTest, ARenewedCertificateIsForNewConnections) {
  Serve("{\"id\": \"small\"}");
  TlsClient standing = Client();
  ASSERT_FALSE(standing.Handshake());
  const TestCertificates renewed(absl::Now());
  worker_->UseTls(ContextOf(renewed));
  // Behind that in the worker's queue.
  Collect();
  EXPECT_TRUE(Client().Handshake());
  TlsClient fresh(address_, renewed.authority_pem());
  ASSERT_FALSE(fresh.Handshake());
  for (TlsClient* client : {&standing, &fresh}) {
    client->Send(testing::ChatRequest("m"));
    EXPECT_THAT(client->ReadUntil(body_), StartsWith("HTTP/1.1 200"));
  }
}

}  // namespace
}  // namespace weir::dataplane
