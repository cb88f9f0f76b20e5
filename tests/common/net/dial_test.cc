#include "common/net/dial.h"

#include <openssl/ssl.h>
#include <unistd.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/net/task_group.h"
#include "common/net/tls.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/net/fake_peer.h"
#include "tests/common/net/run_coroutine.h"
#include "tests/common/net/test_authority.h"
#include "tests/common/net/tls_peer.h"
#include "tests/testing/no_descriptors.h"
#include "tests/testing/status_matchers.h"

namespace weir::net {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::FakePeer;
using ::testing::Field;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::RunCoroutine;
using testing::SeenHandshake;
using testing::ServerIdentity;
using testing::StatusIs;
using testing::StaySilent;
using testing::TestAuthority;
using testing::TlsPeer;

// Enough for what must work; nothing waits this long.
constexpr absl::Duration kDialPlenty = absl::Seconds(30);
// For what must hit the limit.
constexpr absl::Duration kDialShort = absl::Milliseconds(30);

class DialTest : public ::testing::Test {
 protected:
  DialTest() {
    ca_file_ = ::testing::TempDir() + "/weir_dial_test_ca_" +
               std::to_string(getpid()) + ".pem";
    std::ofstream(ca_file_) << authority_.certificate_pem();
    context_ = MakeClientContext(ca_file_).value();
  }
  ~DialTest() override { std::remove(ca_file_.c_str()); }

  static DialPlan PlainPlan(const std::string& host, std::uint16_t port) {
    return {Url{Scheme::kHttp, host, port, ""}, host, nullptr, std::nullopt};
  }
  DialPlan TlsPlan(const std::string& host, std::uint16_t port) const {
    return {Url{Scheme::kHttps, host, port, ""}, host, context_, std::nullopt};
  }

  absl::StatusOr<Transport> DialOnce(const DialPlan& plan,
                                     absl::Duration limit = kDialPlenty,
                                     TlsSessionCache* sessions = nullptr) {
    return RunCoroutine(loop_, Dial(plan, limit, sessions));
  }

  // What the peer sends within one read; reading is also when TLS 1.3 tickets
  // are taken in.
  std::string Read(Transport& transport) {
    char buffer[64];
    const auto [error, size] =
        RunCoroutine(loop_, transport.ReadSome(boost::asio::buffer(buffer)));
    return error ? error.message() : std::string(buffer, size);
  }

  boost::asio::io_context loop_;
  TestAuthority authority_;
  std::string ca_file_;
  std::shared_ptr<boost::asio::ssl::context> context_;
};

TEST_F(DialTest, ConnectsByAddressAndByName) {
  FakePeer peer(loop_, StaySilent);
  auto by_address = DialOnce(PlainPlan("127.0.0.1", peer.port()));
  ASSERT_THAT(by_address, IsOk());
  EXPECT_EQ(by_address->tls(), nullptr);
  boost::asio::ip::tcp::no_delay no_delay;
  by_address->socket().get_option(no_delay);
  EXPECT_TRUE(no_delay.value());
  EXPECT_THAT(DialOnce(PlainPlan("localhost", peer.port())), IsOk());
}

TEST_F(DialTest, RefusedConnectionIsUnavailable) {
  std::uint16_t port = 0;
  {
    FakePeer gone(loop_, StaySilent);
    port = gone.port();
  }
  EXPECT_THAT(DialOnce(PlainPlan("127.0.0.1", port)),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("127.0.0.1"), HasSubstr("connect"),
                             HasSubstr("refused"))));
}

TEST_F(DialTest, AShortageOfDescriptorsIsNotThePeers) {
  FakePeer peer(loop_, StaySilent);
  for (const char* const host : {"127.0.0.1", "localhost"}) {
    const DialPlan plan = PlainPlan(host, peer.port());
    const testing::NoDescriptors none;
    EXPECT_THAT(DialOnce(plan), StatusIs(absl::StatusCode::kResourceExhausted))
        << host;
  }
  EXPECT_THAT(DialOnce(PlainPlan("localhost", peer.port())), IsOk());
}

TEST_F(DialTest, UnknownNameIsUnavailable) {
  EXPECT_THAT(
      DialOnce(PlainPlan("no-such-host.invalid", 80)),
      StatusIs(absl::StatusCode::kUnavailable,
               AllOf(HasSubstr("no-such-host.invalid"), HasSubstr("look up"))));
}

TEST_F(DialTest, RefusedAddressIsNeverConnectedTo) {
  EXPECT_THAT(DialOnce(PlainPlan("169.254.169.254", 80)),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("169.254.169.254")));
  // 0.0.0.0 would reach the peer on Linux.
  FakePeer peer(loop_, StaySilent);
  EXPECT_THAT(DialOnce(PlainPlan("0.0.0.0", peer.port())),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(peer.accepted(), 0);
}

TEST_F(DialTest, VerifiesNameAndSendsIt) {
  TlsPeer tls(authority_.Issue({.alternative_names = "DNS:localhost"}));
  FakePeer peer(loop_, tls.Script());
  auto transport = DialOnce(TlsPlan("localhost", peer.port()));
  ASSERT_THAT(transport, IsOk());
  EXPECT_NE(transport->tls(), nullptr);
  EXPECT_EQ(Read(*transport), "hi");
  EXPECT_THAT(tls.seen(),
              ElementsAre(Field(&SeenHandshake::server_name, "localhost")));
}

TEST_F(DialTest, VerifiesLiteralAddressWithoutSendingIt) {
  TlsPeer tls(authority_.Issue({.alternative_names = "IP:127.0.0.1"}));
  FakePeer peer(loop_, tls.Script());
  auto transport = DialOnce(TlsPlan("127.0.0.1", peer.port()));
  ASSERT_THAT(transport, IsOk());
  EXPECT_EQ(Read(*transport), "hi");
  EXPECT_THAT(tls.seen(), ElementsAre(Field(&SeenHandshake::server_name, "")));
}

TEST_F(DialTest, ServerNameStandsInForHost) {
  TlsPeer tls(authority_.Issue({.alternative_names = "DNS:api.test"}));
  FakePeer peer(loop_, tls.Script());
  DialPlan plan = TlsPlan("127.0.0.1", peer.port());
  plan.tls_server_name = "api.test";
  auto transport = DialOnce(plan);
  ASSERT_THAT(transport, IsOk());
  EXPECT_EQ(Read(*transport), "hi");
  EXPECT_THAT(tls.seen(),
              ElementsAre(Field(&SeenHandshake::server_name, "api.test")));
}

struct BadIdentity {
  const char* name;
  ServerIdentity identity;
  const char* want;
};

class DialBadIdentityTest : public DialTest,
                            public ::testing::WithParamInterface<BadIdentity> {
};

TEST_P(DialBadIdentityTest, IsRefusedWithTheReason) {
  TlsPeer tls(authority_.Issue(GetParam().identity));
  FakePeer peer(loop_, tls.Script());
  EXPECT_THAT(
      DialOnce(TlsPlan("127.0.0.1", peer.port())),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               AllOf(HasSubstr("TLS handshake"), HasSubstr(GetParam().want))));
}

INSTANTIATE_TEST_SUITE_P(
    Table, DialBadIdentityTest,
    ::testing::ValuesIn<BadIdentity>({
        {"WrongAddress", {"IP:127.0.0.2", absl::Hours(1)}, "mismatch"},
        {"NameForAddress", {"DNS:localhost", absl::Hours(1)}, "mismatch"},
        {"Expired", {"IP:127.0.0.1", absl::Hours(-1)}, "expired"},
    }),
    [](const auto& test) { return test.param.name; });

TEST_F(DialTest, RefusesPartialWildcardAndOtherName) {
  TlsPeer tls(authority_.Issue({.alternative_names = "DNS:loc*.test"}));
  FakePeer peer(loop_, tls.Script());
  DialPlan plan = TlsPlan("127.0.0.1", peer.port());
  plan.tls_server_name = "localhost.test";
  EXPECT_THAT(DialOnce(plan), StatusIs(absl::StatusCode::kFailedPrecondition,
                                       HasSubstr("mismatch")));
}

TEST_F(DialTest, RefusesUnknownAuthority) {
  const TestAuthority stranger;
  TlsPeer tls(stranger.Issue({.alternative_names = "IP:127.0.0.1"}));
  FakePeer peer(loop_, tls.Script());
  EXPECT_THAT(DialOnce(TlsPlan("127.0.0.1", peer.port())),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("certificate")));
}

TEST_F(DialTest, RefusesOldTls) {
  TlsPeer tls(authority_.Issue({.alternative_names = "IP:127.0.0.1"}));
  SSL_CTX* const server = tls.context().native_handle();
  SSL_CTX_set_security_level(server, 0);
  SSL_CTX_set_min_proto_version(server, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(server, TLS1_1_VERSION);
  FakePeer peer(loop_, tls.Script());
  EXPECT_THAT(DialOnce(TlsPlan("127.0.0.1", peer.port())),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_TRUE(tls.seen().empty());
}

TEST_F(DialTest, PeerThatHangsUpDuringHandshakeIsUnavailable) {
  FakePeer peer(loop_, testing::HangUp);
  EXPECT_THAT(
      DialOnce(TlsPlan("127.0.0.1", peer.port())),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("TLS handshake")));
}

TEST_F(DialTest, StalledHandshakeEndsAtTheLimit) {
  FakePeer peer(loop_, StaySilent);
  EXPECT_THAT(DialOnce(TlsPlan("127.0.0.1", peer.port()), kDialShort),
              StatusIs(absl::StatusCode::kDeadlineExceeded,
                       HasSubstr("TLS handshake")));
}

TEST_F(DialTest, CanBeCancelledWithItsOwner) {
  FakePeer peer(loop_, StaySilent);
  const DialPlan plan = TlsPlan("127.0.0.1", peer.port());
  TaskGroup owner(loop_.get_executor());
  owner.Spawn([](const DialPlan& p) -> boost::asio::awaitable<void> {
    co_await Dial(p, kDialPlenty, nullptr);
  }(plan));
  while (peer.accepted() == 0) loop_.run_one();
  owner.Cancel();
  RunCoroutine(loop_, owner.Wait());
  EXPECT_EQ(owner.size(), 0u);
}

TEST_F(DialTest, SecondDialResumesTheSession) {
  TlsPeer tls(authority_.Issue({.alternative_names = "IP:127.0.0.1"}));
  FakePeer peer(loop_, tls.Script());
  const DialPlan plan = TlsPlan("127.0.0.1", peer.port());
  TlsSessionCache sessions;
  for (int i = 0; i < 3; ++i) {
    auto transport = DialOnce(plan, kDialPlenty, &sessions);
    ASSERT_THAT(transport, IsOk());
    EXPECT_EQ(Read(*transport), "hi");
    EXPECT_EQ(SSL_session_reused(transport->tls()->native_handle()), i > 0);
  }
  EXPECT_THAT(tls.seen(), ElementsAre(Field(&SeenHandshake::resumed, false),
                                      Field(&SeenHandshake::resumed, true),
                                      Field(&SeenHandshake::resumed, true)));
}

TEST_F(DialTest, Tls12SessionsAreResumedToo) {
  TlsPeer tls(authority_.Issue({.alternative_names = "IP:127.0.0.1"}));
  SSL_CTX_set_max_proto_version(tls.context().native_handle(), TLS1_2_VERSION);
  FakePeer peer(loop_, tls.Script());
  const DialPlan plan = TlsPlan("127.0.0.1", peer.port());
  TlsSessionCache sessions;
  for (int i = 0; i < 2; ++i) {
    auto transport = DialOnce(plan, kDialPlenty, &sessions);
    ASSERT_THAT(transport, IsOk());
    EXPECT_EQ(Read(*transport), "hi");
  }
  EXPECT_THAT(tls.seen(), ElementsAre(Field(&SeenHandshake::resumed, false),
                                      Field(&SeenHandshake::resumed, true)));
}

TEST_F(DialTest, SessionIsNotUsedForAnotherNameOrContext) {
  TlsPeer tls(authority_.Issue(
      {.alternative_names = "IP:127.0.0.1,DNS:a.test,DNS:b.test"}));
  FakePeer peer(loop_, tls.Script());
  DialPlan plan = TlsPlan("127.0.0.1", peer.port());
  TlsSessionCache sessions;
  for (const char* name : {"a.test", "b.test"}) {
    plan.tls_server_name = name;
    auto transport = DialOnce(plan, kDialPlenty, &sessions);
    ASSERT_THAT(transport, IsOk());
    EXPECT_EQ(Read(*transport), "hi");
  }
  plan.tls_context = MakeClientContext(ca_file_).value();
  auto transport = DialOnce(plan, kDialPlenty, &sessions);
  ASSERT_THAT(transport, IsOk());
  EXPECT_EQ(Read(*transport), "hi");
  EXPECT_THAT(tls.seen(), ElementsAre(Field(&SeenHandshake::resumed, false),
                                      Field(&SeenHandshake::resumed, false),
                                      Field(&SeenHandshake::resumed, false)));
}

TEST_F(DialTest, SessionIsForgottenAfterAFailedHandshake) {
  TlsPeer tls(authority_.Issue({.alternative_names = "IP:127.0.0.1"}));
  int connections = 0;
  FakePeer peer(loop_, [&](FakePeer::Socket socket) {
    return ++connections == 2 ? testing::HangUp(std::move(socket))
                              : tls.Serve(std::move(socket));
  });
  const DialPlan plan = TlsPlan("127.0.0.1", peer.port());
  TlsSessionCache sessions;
  auto first = DialOnce(plan, kDialPlenty, &sessions);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(Read(*first), "hi");
  EXPECT_THAT(DialOnce(plan, kDialPlenty, &sessions),
              StatusIs(absl::StatusCode::kUnavailable));
  auto third = DialOnce(plan, kDialPlenty, &sessions);
  ASSERT_THAT(third, IsOk());
  EXPECT_EQ(SSL_session_reused(third->tls()->native_handle()), 0);
}

TEST_F(DialTest, TicketMayComeAfterItsCacheHasGone) {
  TlsPeer tls(authority_.Issue({.alternative_names = "IP:127.0.0.1"}));
  FakePeer peer(loop_, tls.Script());
  auto sessions = std::make_unique<TlsSessionCache>();
  auto transport =
      DialOnce(TlsPlan("127.0.0.1", peer.port()), kDialPlenty, sessions.get());
  ASSERT_THAT(transport, IsOk());
  sessions.reset();
  EXPECT_EQ(Read(*transport), "hi");
}

}  // namespace
}  // namespace weir::net
