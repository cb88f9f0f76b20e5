// A server's TLS with real handshakes.
#include "common/net/grpc_security.h"

#include <grpcpp/grpcpp.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "common/net/grpc_server.h"
#include "common/net/host_port.h"
#include "common/tls/identity.h"
#include "common/tls/identity_watch.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/net/generic_client.h"
#include "tests/common/tls/test_certificates.h"
#include "tests/testing/status_matchers.h"

namespace weir::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using tls::ClientCertificate;
using ::weir::testing::TestCertificates;

constexpr absl::Duration kPatience = absl::Seconds(20);
constexpr char kCheck[] = "/grpc.health.v1.Health/Check";
constexpr char kWatch[] = "/grpc.health.v1.Health/Watch";

// What a decision was asked for, kept beyond the call.
struct SeenCall {
  std::string method;
  std::optional<std::string> name;
  std::vector<std::string> uris;
  std::string authorization;
};

// A channel of its own, and calls of the health service over it.
class HealthClient : private testing::GenericClient {
 public:
  HealthClient(const std::string& address,
               const grpc::SslCredentialsOptions& options)
      : GenericClient(address, grpc::SslCredentials(options)) {}

  grpc::Status Check(const std::string& token = "") {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
    if (!token.empty()) context.AddMetadata("authorization", token);
    auto call = stub_.PrepareUnaryCall(&context, kCheck, Request(), &queue_);
    call->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    call->Finish(&answer, &status, nullptr);
    Await();
    return status;
  }

  // Begins a stream; true once its first message has come.
  bool Watch() {
    watch_context_.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
    watch_ = stub_.PrepareCall(&watch_context_, kWatch, &queue_);
    watch_->StartCall(nullptr);
    Await();
    watch_->WriteLast(Request(), {}, nullptr);
    Await();
    grpc::ByteBuffer first;
    watch_->Read(&first, nullptr);
    return Await();
  }
  // How the stream ends when its client wants that: CANCELLED, if it stood.
  grpc::Status EndWatch() {
    watch_context_.TryCancel();
    grpc::Status status;
    watch_->Finish(&status, nullptr);
    Await();
    return status;
  }

 private:
  // Of the health of all services: a message without fields, which is not the
  // same as no message.
  static grpc::ByteBuffer Request() {
    const grpc::Slice nothing;
    return {&nothing, 1};
  }
  grpc::ClientContext watch_context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> watch_;
};

// A TCP connection, as anybody can make one.
class RawClient {
 public:
  explicit RawClient(const std::string& address) {
    socket_.connect({boost::asio::ip::address_v4::loopback(),
                     ParseHostPort(address)->port});
  }
  void Send(std::string_view bytes) {
    boost::system::error_code ended;
    boost::asio::write(socket_, boost::asio::buffer(bytes.data(), bytes.size()),
                       ended);
  }
  // Until the peer closes, whatever it says before.
  void AwaitEnd() {
    char bytes[1024];
    boost::system::error_code error;
    while (!error) socket_.read_some(boost::asio::buffer(bytes), error);
  }

 private:
  boost::asio::io_context loop_;
  boost::asio::ip::tcp::socket socket_{loop_};
};

class GrpcSecurityTest : public ::testing::Test {
 protected:
  void Start(ClientCertificate wanted) {
    GrpcServerOptions options;
    options.listen_address = "127.0.0.1:0";
    options.handshake_timeout = handshake_timeout_;
    options.security =
        GrpcSecurity{identity_, wanted,
                     [this](const GrpcCall& call) { return Decide(call); }};
    auto server = GrpcServer::Start(std::move(options));
    ASSERT_THAT(server, testing::IsOk());
    server_ = *std::move(server);
  }

  absl::Status Decide(const GrpcCall& call) {
    SeenCall seen{std::string(call.method),
                  std::nullopt,
                  {},
                  std::string(call.authorization)};
    if (call.certificate.has_value()) {
      seen.name = std::string(call.certificate->common_name);
      for (const std::string_view uri : call.certificate->uris) {
        seen.uris.emplace_back(uri);
      }
    }
    MutexLock lock(&mutex_);
    seen_ = std::move(seen);
    return decision_;
  }
  SeenCall Seen() {
    MutexLock lock(&mutex_);
    return seen_;
  }
  void Answer(absl::Status decision) {
    MutexLock lock(&mutex_);
    decision_ = std::move(decision);
  }

  cli::SignedKey Admin() const {
    return certificates_.Sign(certificates_.Client("ana", "weir://role/admin"));
  }
  // Believes `authority` and shows `key`.
  HealthClient Client(const std::string& authority,
                      const std::optional<cli::SignedKey>& key) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = authority;
    if (key.has_value()) {
      options.pem_cert_chain = key->certificate;
      options.pem_private_key = key->key.Reveal();
    }
    return {server_->address(), options};
  }
  HealthClient Client(const std::optional<cli::SignedKey>& key) const {
    return Client(certificates_.authority_pem(), key);
  }

  const TestCertificates certificates_{absl::Now()};
  const tls::IdentityFiles files_ = certificates_.Write(
      "server", certificates_.Sign(certificates_.Server("weir")));
  std::shared_ptr<tls::IdentityWatch> identity_ =
      tls::IdentityWatch::Open(files_, absl::Now()).value();
  absl::Duration handshake_timeout_ = absl::Seconds(10);
  std::unique_ptr<GrpcServer> server_;

  Mutex mutex_;
  SeenCall seen_ ABSL_GUARDED_BY(mutex_);
  absl::Status decision_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(GrpcSecurityTest, TheDecisionSeesMethodAndCertificate) {
  Start(ClientCertificate::kRequired);
  const grpc::Status status = Client(Admin()).Check();
  EXPECT_TRUE(status.ok()) << status.error_message();
  const SeenCall seen = Seen();
  EXPECT_EQ(seen.method, kCheck);
  EXPECT_EQ(seen.name, "ana");
  EXPECT_THAT(seen.uris, ElementsAre("weir://role/admin"));
}

TEST_F(GrpcSecurityTest, ARefusalIsInTheDecisionsWords) {
  Start(ClientCertificate::kRequired);
  Answer(absl::PermissionDeniedError("ana may not"));
  const grpc::Status status = Client(Admin()).Check();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(status.error_message(), "ana may not");
}

TEST_F(GrpcSecurityTest, WhereOneIsRequiredNobodyGetsInWithoutCertificate) {
  Start(ClientCertificate::kRequired);
  EXPECT_EQ(Client(std::nullopt).Check().error_code(),
            grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Seen().method, "");
}

TEST_F(GrpcSecurityTest, WhereOneIsOptionalAHeaderIsSeenInstead) {
  Start(ClientCertificate::kOptional);
  const grpc::Status status = Client(std::nullopt).Check("Bearer s3cret");
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(Seen().name, std::nullopt);
  EXPECT_EQ(Seen().authorization, "Bearer s3cret");
}

TEST_F(GrpcSecurityTest, AForeignAuthoritysClientIsRefusedEvenWhereOptional) {
  Start(ClientCertificate::kOptional);
  const TestCertificates foreign(absl::Now());
  const cli::SignedKey key =
      foreign.Sign(foreign.Client("eve", "weir://role/admin"));
  EXPECT_EQ(Client(key).Check().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Seen().method, "");
}

TEST_F(GrpcSecurityTest, AnExpiredClientIsRefused) {
  Start(ClientCertificate::kRequired);
  cli::CertificateRequest request =
      certificates_.Client("ana", "weir://role/admin");
  request.not_after = absl::Now() - absl::Minutes(1);
  EXPECT_EQ(Client(certificates_.Sign(request)).Check().error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(GrpcSecurityTest, AServersCertificateOpensNoDoorAsAClient) {
  Start(ClientCertificate::kRequired);
  const cli::SignedKey server =
      certificates_.Sign(certificates_.Server("weir"));
  EXPECT_EQ(Client(server).Check().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(GrpcSecurityTest, AClientRefusesAServerOfAnotherAuthority) {
  Start(ClientCertificate::kRequired);
  const TestCertificates foreign(absl::Now());
  EXPECT_EQ(Client(foreign.authority_pem(), Admin()).Check().error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(GrpcSecurityTest, RotationReachesNewConnectionsAndSparesRunningStreams) {
  Start(ClientCertificate::kRequired);
  HealthClient old_client = Client(Admin());
  ASSERT_TRUE(old_client.Watch());

  // Everything is new: the server's certificate, and whom it believes.
  const TestCertificates fresh(absl::Now());
  certificates_.Write("server", fresh.Sign(fresh.Server("weir")));
  testing::ReplaceFile(files_.authorities, fresh.authority_pem());
  ASSERT_EQ(identity_->Poll(absl::Now()),
            tls::IdentityWatch::Change::kReplaced);

  const cli::SignedKey bea =
      fresh.Sign(fresh.Client("bea", "weir://role/viewer"));
  const grpc::Status status = Client(fresh.authority_pem(), bea).Check();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(Seen().name, "bea");
  EXPECT_FALSE(Client(Admin()).Check().ok());
  // On the connection that stands, new calls too.
  EXPECT_TRUE(old_client.Check().ok());
  EXPECT_EQ(old_client.EndWatch().error_code(), grpc::StatusCode::CANCELLED);
}

// Whoever speaks no TLS is closed on, and costs nobody else anything.
TEST_F(GrpcSecurityTest, NonsenseAndSilenceAreClosedOn) {
  handshake_timeout_ = absl::Milliseconds(300);
  Start(ClientCertificate::kRequired);
  RawClient silent(server_->address());
  std::vector<std::unique_ptr<RawClient>> noisy;
  for (int i = 0; i < 20; ++i) {
    noisy.push_back(std::make_unique<RawClient>(server_->address()));
    noisy.back()->Send("GET / HTTP/1.1\r\nHost: weir\r\n\r\n");
  }
  EXPECT_TRUE(Client(Admin()).Check().ok());
  for (const auto& client : noisy) client->AwaitEnd();
  silent.AwaitEnd();
  EXPECT_TRUE(Client(Admin()).Check().ok());
}

TEST_F(GrpcSecurityTest, ABadRotationChangesNothing) {
  Start(ClientCertificate::kRequired);
  testing::ReplaceFile(files_.certificate, "nonsense");
  ASSERT_EQ(identity_->Poll(absl::Now()), tls::IdentityWatch::Change::kRefused);
  EXPECT_TRUE(Client(Admin()).Check().ok());
}

}  // namespace
}  // namespace weir::net
