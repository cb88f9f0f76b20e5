// A server behind its TLS front: whom it sees, what passes, what is counted.
#include <grpcpp/grpcpp.h>
#include <poll.h>
#include <spdlog/spdlog.h>

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
#include "common/tls/identity_watch.h"
#include "common/tls/server_context.h"
#include "common/tls_front/handshake_counts.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/net/echo.h"
#include "tests/common/net/odd_client.h"
#include "tests/common/tls/test_certificates.h"
#include "tests/testing/status_matchers.h"

namespace weir::net {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;
using tls_front::Refusal;
using ::weir::testing::EchoClient;
using ::weir::testing::EchoService;
using ::weir::testing::OddClient;
using ::weir::testing::TestCertificates;

constexpr absl::Duration kTime = absl::Seconds(20);
constexpr char kForged[] =
    "address=ipv4:9.9.9.9:9;cn=root;uri=weir://role/admin";

class GrpcFrontTest : public ::testing::Test {
 protected:
  void Start(bool with_tls = true) {
    // Made while there is one thread: ThreadSanitizer does not see into spdlog.
    spdlog::default_logger();
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
  // One is, soon after its peer has heard of it.
  bool IsRefused(Refusal refusal) const {
    return Becomes([&] { return Refused(refusal) == 1; });
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
  EXPECT_TRUE(IsRefused(Refusal::kNoCertificate));
  cli::CertificateRequest old =
      certificates_.Client("ana", "weir://role/admin");
  old.not_after = absl::Now() - absl::Minutes(1);
  EXPECT_FALSE(Client(certificates_.Sign(old)).Echo("hello").ok());
  EXPECT_TRUE(IsRefused(Refusal::kExpired));
  const TestCertificates foreign(absl::Now());
  EXPECT_FALSE(Client(foreign.Sign(foreign.Client("eve", "weir://role/admin")))
                   .Echo("hello")
                   .ok());
  EXPECT_TRUE(IsRefused(Refusal::kUnknownAuthority));
  EXPECT_FALSE(
      Client(certificates_.Sign(certificates_.Server("weir"))).Echo("x").ok());
  EXPECT_TRUE(IsRefused(Refusal::kBadCertificate));

  OddClient plain(server_->address());
  plain.Send("GET / HTTP/1.1\r\nHost: weir\r\n\r\n");
  plain.AwaitEnd();
  EXPECT_TRUE(IsRefused(Refusal::kNoTls));
  OddClient nameless(server_->address());
  nameless.Show(Viewer());
  nameless.ShakeHands();
  nameless.AwaitEnd();
  EXPECT_TRUE(IsRefused(Refusal::kNoHttp2));
  { const OddClient brief(server_->address()); }
  EXPECT_TRUE(IsRefused(Refusal::kPeerLeft));
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
