#include "controlplane/grpc_port.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/ops/metrics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/tls/test_certificates.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::weir::testing::StatusIs;
using ::weir::testing::TestCertificates;

struct GrpcPortCase {
  std::string name;
  GrpcPortOptions options;
  // Empty: it is fine.
  std::string problem;
};

const tls::IdentityFiles kAllFiles = {"a.crt", "a.key", "ca.crt"};

class GrpcPortFlagsTest : public ::testing::TestWithParam<GrpcPortCase> {};

TEST_P(GrpcPortFlagsTest, FollowTheTable) {
  const absl::Status status = CheckGrpcPort(GetParam().options);
  if (GetParam().problem.empty()) {
    EXPECT_THAT(status, testing::IsOk());
  } else {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                                 HasSubstr(GetParam().problem)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Flags, GrpcPortFlagsTest,
    ::testing::ValuesIn<GrpcPortCase>({
        {"PlainOnLoopback", {}, ""},
        {"PlainToTheNetwork",
         {.listen = "0.0.0.0:7400"},
         "--grpc-listen 0.0.0.0:7400: whoever reaches it"},
        {"PlainToTheNetworkByWord",
         {.listen = "0.0.0.0:7400", .plaintext = net::Plaintext::kAnywhere},
         ""},
        {"TlsToTheNetwork", {.listen = "0.0.0.0:7400", .tls = kAllFiles}, ""},
        {"PeerNameWithoutTls",
         {.tls_peer_name = "weir-controlplane"},
         "--tls-peer-name: certificates are shown over TLS only"},
        {"TlsAndInsecure",
         {.tls = kAllFiles, .plaintext = net::Plaintext::kAnywhere},
         "contradict"},
        {"NoKey", {.tls = {"a.crt", "", "ca.crt"}}, "--tls-key is missing"},
        {"NoCertificate",
         {.tls = {"", "a.key", "ca.crt"}},
         "--tls-cert is missing"},
        {"NoAuthority",
         {.tls = {"a.crt", "a.key", ""}},
         "--tls-client-ca is missing"},
        {"TokensOverPlainText",
         {.token_file = "tokens"},
         "--token-file: tokens travel over TLS only"},
        {"TokensOverTls", {.tls = kAllFiles, .token_file = "tokens"}, ""},
    }),
    [](const auto& test) { return test.param.name; });

// A follower's as much as a leader's: it holds the connections of as many
// nodes.
TEST(GrpcPortTest, HasRoomForItsNodesAndAsManyOthers) {
  const SystemClock clock;
  auto port = GrpcPort::Open({.listen = "127.0.0.1:0", .max_nodes = 2}, clock);
  ASSERT_THAT(port, testing::IsOk());
  ASSERT_THAT((*port)->Serve({}), testing::IsOk());
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  const auto connect = [&] {
    grpc::ChannelArguments own;
    own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channels.push_back(grpc::CreateCustomChannel(
        (*port)->address(), grpc::InsecureChannelCredentials(), own));
    channels.back()->GetState(/*try_to_connect=*/true);
  };
  for (int i = 0; i < 4; ++i) {
    connect();
    ASSERT_TRUE(channels.back()->WaitForConnected(
        absl::ToChronoTime(absl::Now() + absl::Seconds(30))));
  }
  EXPECT_EQ((*port)->stats().refused, 0);
  connect();
  while ((*port)->stats().refused == 0) std::this_thread::yield();
  (*port)->Shutdown(absl::ZeroDuration());
}

TEST(GrpcPortTest, HandshakesAreOnThePageByHowTheyWent) {
  const SystemClock clock;
  const TestCertificates certificates(absl::Now());
  auto port = GrpcPort::Open(
      {.listen = "127.0.0.1:0",
       .tls = certificates.Write(
           "server", certificates.Sign(certificates.Server("weir")))},
      clock);
  ASSERT_THAT(port, testing::IsOk());
  ASSERT_THAT((*port)->Serve({}), testing::IsOk());
  // Plain text, and then a certificate that a node would show.
  const auto plain = grpc::CreateChannel((*port)->address(),
                                         grpc::InsecureChannelCredentials());
  plain->GetState(/*try_to_connect=*/true);
  const cli::SignedKey key =
      certificates.Sign(certificates.Client("node", "weir://role/node"));
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = certificates.authority_pem();
  options.pem_cert_chain = key.certificate;
  options.pem_private_key = key.key.Reveal();
  const auto node =
      grpc::CreateChannel((*port)->address(), grpc::SslCredentials(options));
  ASSERT_TRUE(node->WaitForConnected(
      absl::ToChronoTime(absl::Now() + absl::Seconds(30))));
  std::string text;
  const auto has = [&](const char* line) {
    ops::MetricPage page;
    (*port)->AddMetrics(page);
    text = page.Text();
    return text.find(line) != std::string::npos;
  };
  EXPECT_TRUE(has("weir_grpc_handshakes_total{outcome=\"succeeded\"} 1"))
      << text;
  EXPECT_TRUE(has("weir_grpc_handshakes_total{outcome=\"expired\"} 0"));
  while (has("weir_grpc_handshakes_total{outcome=\"no_tls\"} 0")) {
    std::this_thread::yield();
  }
  (*port)->Shutdown(absl::ZeroDuration());
}

TEST(GrpcPortTest, AnExpiredCertificateKeepsItFromOpening) {
  const SystemClock clock;
  const TestCertificates certificates(absl::Now());
  cli::CertificateRequest request = certificates.Server("weir");
  request.not_after = absl::Now() - absl::Minutes(2);
  const GrpcPortOptions options{
      .tls = certificates.Write("old", certificates.Sign(request))};
  EXPECT_THAT(GrpcPort::Open(options, clock),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr(options.tls.certificate),
                             HasSubstr("expired on"))));
}

}  // namespace
}  // namespace weir::controlplane
