// A server behind its TLS front: whom it sees, what passes, what is counted.
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <poll.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "common/net/grpc_security.h"
#include "common/net/grpc_server.h"
#include "common/net/host_port.h"
#include "common/tls/certificate.h"
#include "common/tls/identity_watch.h"
#include "common/tls/openssl.h"
#include "common/tls/server_context.h"
#include "common/tls_front/handshake_counts.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/tls/test_certificates.h"
#include "tests/testing/status_matchers.h"

namespace weir::net {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;
using tls_front::Refusal;
using ::weir::testing::TestCertificates;

constexpr absl::Duration kTime = absl::Seconds(20);
constexpr char kEcho[] = "/test.Echo/Echo";
constexpr char kForged[] =
    "address=ipv4:9.9.9.9:9;cn=root;uri=weir://role/admin";

// Answers each message with itself, and remembers who called last.
class EchoService final : public grpc::CallbackGenericService {
 public:
  struct Caller {
    std::string address;
    std::optional<GrpcCall::Certificate> certificate;
  };

  Caller last() {
    MutexLock lock(&mutex_);
    return last_;
  }

 private:
  class Echo final : public grpc::ServerGenericBidiReactor {
   public:
    Echo() { StartRead(&message_); }
    void OnReadDone(bool ok) override {
      if (ok) return StartWrite(&message_);
      Finish(grpc::Status::OK);
    }
    void OnWriteDone(bool ok) override {
      if (ok) return StartRead(&message_);
      Finish(grpc::Status::OK);
    }
    void OnDone() override { delete this; }

   private:
    grpc::ByteBuffer message_;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    {
      MutexLock lock(&mutex_);
      last_ = {PeerAddressOf(*context), CallOf(*context).certificate};
    }
    return new Echo();
  }

  Mutex mutex_;
  Caller last_ ABSL_GUARDED_BY(mutex_);
};

// A connection of its own and calls over it.
class EchoClient {
 public:
  EchoClient(const std::string& address,
             const std::shared_ptr<grpc::ChannelCredentials>& credentials)
      : stub_(grpc::CreateCustomChannel(address, credentials, Arguments())) {}

  // What comes back of `message`; the status where nothing does.
  absl::StatusOr<std::string> Echo(std::string_view message,
                                   const std::string& forged = "") {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kTime));
    if (!forged.empty()) context.AddMetadata("weir-peer", forged);
    Begin(context);
    std::string back;
    const bool came = Exchange(message, back);
    const grpc::Status status = End();
    if (came && status.ok()) return back;
    return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                        status.error_message());
  }

  void Begin(grpc::ClientContext& context) {
    call_ = stub_.PrepareCall(&context, kEcho, &queue_);
    call_->StartCall(nullptr);
    Await();
  }
  bool Exchange(std::string_view message, std::string& back) {
    const grpc::Slice slice(message.data(), message.size());
    call_->Write(grpc::ByteBuffer(&slice, 1), nullptr);
    if (!Await()) return false;
    grpc::ByteBuffer received;
    call_->Read(&received, nullptr);
    if (!Await()) return false;
    grpc::Slice flat;
    if (!received.DumpToSingleSlice(&flat).ok()) return false;
    back.assign(reinterpret_cast<const char*>(flat.begin()), flat.size());
    return true;
  }
  grpc::Status End() {
    call_->WritesDone(nullptr);
    Await();
    return Finish();
  }
  grpc::Status Finish() {
    grpc::Status status;
    call_->Finish(&status, nullptr);
    Await();
    // It lives in memory of its context's.
    call_.reset();
    return status;
  }

 private:
  static grpc::ChannelArguments Arguments() {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(-1);
    return arguments;
  }
  bool Await() {
    void* tag = nullptr;
    bool ok = false;
    queue_.Next(&tag, &ok);
    return ok;
  }

  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

// TCP, and TLS without gRPC's habits.
class OddClient {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  explicit OddClient(const std::string& address) : stream_(loop_, context_) {
    stream_.lowest_layer().connect({boost::asio::ip::address_v4::loopback(),
                                    ParseHostPort(address)->port});
  }
  void Send(std::string_view bytes) {
    boost::asio::write(stream_.next_layer(),
                       boost::asio::buffer(bytes.data(), bytes.size()));
  }
  void Show(const cli::SignedKey& key) {
    SSL* const ssl = stream_.native_handle();
    const tls::CertificatePtr certificate =
        std::move(tls::ParseCertificates(key.certificate).value().front());
    SSL_use_certificate(ssl, certificate.get());
    SSL_use_PrivateKey(ssl, tls::ParsePrivateKey(key.key.Reveal())->get());
  }
  // Without a protocol's name.
  void ShakeHands() {
    boost::system::error_code error;
    stream_.handshake(boost::asio::ssl::stream_base::client, error);
  }
  void AwaitEnd() {
    char bytes[1024];
    boost::system::error_code error;
    while (!error) {
      stream_.next_layer().read_some(boost::asio::buffer(bytes), error);
    }
  }

 private:
  boost::asio::io_context loop_;
  boost::asio::ssl::context context_{boost::asio::ssl::context::tls_client};
  boost::asio::ssl::stream<Socket> stream_;
};

class GrpcFrontTest : public ::testing::Test {
 protected:
  void Start(bool with_tls = true) {
    GrpcServerOptions options;
    options.listen_address = "127.0.0.1:0";
    options.other_calls = &echo_;
    options.handshake_timeout = handshake_timeout_;
    options.max_receive_bytes = 32 << 20;
    if (with_tls) {
      options.security =
          GrpcSecurity{identity_, wanted_, [this](const GrpcCall& call) {
                         MutexLock lock(&mutex_);
                         seen_.push_back(call.certificate);
                         return absl::OkStatus();
                       }};
    }
    auto server = GrpcServer::Start(std::move(options));
    ASSERT_THAT(server, testing::IsOk());
    server_ = *std::move(server);
  }
  ~GrpcFrontTest() override {
    if (server_ != nullptr) server_->Shutdown(absl::ZeroDuration());
  }

  cli::SignedKey Viewer() const {
    return certificates_.Sign(
        certificates_.Client("bea", "weir://role/viewer"));
  }
  EchoClient Client(const std::optional<cli::SignedKey>& key) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = certificates_.authority_pem();
    if (key.has_value()) {
      options.pem_cert_chain = key->certificate;
      options.pem_private_key = key->key.Reveal();
    }
    return {server_->address(), grpc::SslCredentials(options)};
  }
  std::uint64_t Refused(Refusal refusal) const {
    return server_->handshakes()->refused[static_cast<std::size_t>(refusal)];
  }
  // What is about to be so is so.
  bool Becomes(const std::function<bool()>& so) const {
    const absl::Time deadline = absl::Now() + kTime;
    while (!so()) {
      if (absl::Now() > deadline) return false;
      poll(nullptr, 0, 1);
    }
    return true;
  }
  std::size_t decisions() {
    MutexLock lock(&mutex_);
    return seen_.size();
  }

  const TestCertificates certificates_{absl::Now()};
  std::shared_ptr<tls::IdentityWatch> identity_ =
      tls::IdentityWatch::Open(
          certificates_.Write("server",
                              certificates_.Sign(certificates_.Server("weir"))),
          absl::Now())
          .value();
  tls::ClientCertificate wanted_ = tls::ClientCertificate::kRequired;
  absl::Duration handshake_timeout_ = absl::Seconds(10);
  EchoService echo_;
  std::unique_ptr<GrpcServer> server_;

  Mutex mutex_;
  std::vector<std::optional<GrpcCall::Certificate>> seen_
      ABSL_GUARDED_BY(mutex_);
};

TEST_F(GrpcFrontTest, AServiceSeesWhoCallsAndFromWhere) {
  Start();
  EXPECT_THAT(Client(Viewer()).Echo("hello"), testing::IsOkAndHolds("hello"));
  EXPECT_THAT(echo_.last().address, StartsWith("ipv4:127.0.0.1:"));
  ASSERT_TRUE(echo_.last().certificate.has_value());
  EXPECT_EQ(echo_.last().certificate->common_name, "bea");
  EXPECT_THAT(echo_.last().certificate->uris,
              ElementsAre("weir://role/viewer"));
}

TEST_F(GrpcFrontTest, EachCallOfAConnectionIsItsPeers) {
  Start();
  EchoClient client = Client(Viewer());
  for (int i = 0; i < 10; ++i) {
    ASSERT_THAT(client.Echo("hello"), testing::IsOk());
  }
  EXPECT_EQ(decisions(), 10U);
  EXPECT_EQ(server_->handshakes()->succeeded, 1U);
}

TEST_F(GrpcFrontTest, WhoSaysItselfWhoItIsGetsNowhere) {
  Start();
  EchoClient client = Client(Viewer());
  EXPECT_THAT(
      client.Echo("hello", kForged),
      testing::StatusIs(absl::StatusCode::kUnauthenticated,
                        ::testing::HasSubstr("not for callers to send")));
  // Nor where it is nonsense.
  EXPECT_THAT(client.Echo("hello", "nonsense"),
              testing::StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_EQ(decisions(), 0U);
  EXPECT_EQ(echo_.last().address, "");
  // The connection is as good as before.
  EXPECT_THAT(client.Echo("hello"), testing::IsOk());
}

TEST_F(GrpcFrontTest, NorDoesWhoHasNoCertificate) {
  wanted_ = tls::ClientCertificate::kOptional;
  Start();
  EchoClient client = Client(std::nullopt);
  EXPECT_THAT(client.Echo("hello", kForged),
              testing::StatusIs(absl::StatusCode::kUnauthenticated,
                                ::testing::HasSubstr("weir-peer")));
  EXPECT_THAT(client.Echo("hello"), testing::IsOk());
  EXPECT_EQ(echo_.last().certificate, std::nullopt);
}

TEST_F(GrpcFrontTest, InPlainTextTheHeaderMeansNothing) {
  Start(/*with_tls=*/false);
  EchoClient client(server_->address(), grpc::InsecureChannelCredentials());
  EXPECT_THAT(client.Echo("hello", kForged), testing::IsOkAndHolds("hello"));
  EXPECT_THAT(echo_.last().address, StartsWith("ipv4:127.0.0.1:"));
  EXPECT_EQ(echo_.last().certificate, std::nullopt);
  EXPECT_EQ(server_->handshakes(), std::nullopt);
}

// Beyond what sockets buffer, so that either side is waited for.
TEST_F(GrpcFrontTest, LargeMessagesComeBackWhole) {
  Start();
  std::string large(20 << 20, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) {
    large[i] = static_cast<char>(i * 2654435761U >> 24);
  }
  const absl::StatusOr<std::string> back = Client(Viewer()).Echo(large);
  ASSERT_THAT(back, testing::IsOk());
  EXPECT_TRUE(*back == large);
}

TEST_F(GrpcFrontTest, HandshakesAreCountedByHowTheyWent) {
  Start();
  ASSERT_THAT(Client(Viewer()).Echo("hello"), testing::IsOk());
  EXPECT_FALSE(Client(std::nullopt).Echo("hello").ok());
  EXPECT_EQ(Refused(Refusal::kNoCertificate), 1U);
  cli::CertificateRequest old =
      certificates_.Client("ana", "weir://role/admin");
  old.not_after = absl::Now() - absl::Minutes(1);
  EXPECT_FALSE(Client(certificates_.Sign(old)).Echo("hello").ok());
  EXPECT_EQ(Refused(Refusal::kExpired), 1U);
  const TestCertificates foreign(absl::Now());
  EXPECT_FALSE(Client(foreign.Sign(foreign.Client("eve", "weir://role/admin")))
                   .Echo("hello")
                   .ok());
  EXPECT_EQ(Refused(Refusal::kUnknownAuthority), 1U);
  EXPECT_FALSE(
      Client(certificates_.Sign(certificates_.Server("weir"))).Echo("x").ok());
  EXPECT_EQ(Refused(Refusal::kBadCertificate), 1U);

  OddClient plain(server_->address());
  plain.Send("GET / HTTP/1.1\r\nHost: weir\r\n\r\n");
  plain.AwaitEnd();
  EXPECT_EQ(Refused(Refusal::kNoTls), 1U);
  OddClient nameless(server_->address());
  nameless.Show(Viewer());
  nameless.ShakeHands();
  nameless.AwaitEnd();
  EXPECT_EQ(Refused(Refusal::kNoHttp2), 1U);
  { const OddClient brief(server_->address()); }
  EXPECT_TRUE(Becomes([&] { return Refused(Refusal::kPeerLeft) == 1; }));
  EXPECT_EQ(server_->handshakes()->succeeded, 1U);
}

// More than have their handshakes at once, each with half of one.
TEST_F(GrpcFrontTest, WhoeverStopsHalfWayHoldsUpOthersForItsTimeOnly) {
  handshake_timeout_ = absl::Milliseconds(500);
  Start();
  std::vector<std::unique_ptr<OddClient>> halves;
  for (int i = 0; i < 300; ++i) {
    halves.push_back(std::make_unique<OddClient>(server_->address()));
    halves.back()->Send(std::string_view("\x16\x03\x01\x02\x00", 5));
  }
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(absl::ToChronoTime(absl::Now() + kTime));
  EchoClient client = Client(Viewer());
  client.Begin(context);
  std::string back;
  EXPECT_TRUE(client.Exchange("hello", back));
  for (const auto& half : halves) half->AwaitEnd();
  EXPECT_EQ(Refused(Refusal::kTooSlow), 300U);
  context.TryCancel();
  client.Finish();
}

TEST_F(GrpcFrontTest, OpenConnectionsAreThoseOfPeers) {
  Start();
  {
    EchoClient client = Client(Viewer());
    ASSERT_THAT(client.Echo("hello"), testing::IsOk());
    const OddClient silent(server_->address());
    EXPECT_TRUE(Becomes([&] { return server_->stats().open == 2; }));
  }
  EXPECT_TRUE(Becomes([&] { return server_->stats().open == 0; }));
  EXPECT_EQ(server_->stats().accepted, 2U);
}

TEST_F(GrpcFrontTest, AtShutdownACallHearsOfItsEnd) {
  Start();
  EchoClient client = Client(Viewer());
  const OddClient silent(server_->address());
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kTime));
  client.Begin(context);
  std::string back;
  ASSERT_TRUE(client.Exchange("hello", back));
  const absl::Time began = absl::Now();
  server_->Shutdown(absl::ZeroDuration());
  EXPECT_LT(absl::Now() - began, absl::Seconds(5));
  EXPECT_EQ(client.Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(server_->stats().open, 0U);
}

TEST_F(GrpcFrontTest, ACallThatEndsInItsGraceHasItsAnswer) {
  Start();
  EchoClient client = Client(Viewer());
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kTime));
  client.Begin(context);
  std::string back;
  ASSERT_TRUE(client.Exchange("hello", back));
  std::thread shutdown([this] { server_->Shutdown(kTime); });
  const std::string large(1 << 20, 'x');
  EXPECT_TRUE(client.Exchange(large, back));
  EXPECT_TRUE(back == large);
  EXPECT_TRUE(client.End().ok());
  shutdown.join();
}

}  // namespace
}  // namespace weir::net
