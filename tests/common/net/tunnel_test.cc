#include "common/net/tunnel.h"

#include <unistd.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/config/secrets.h"
#include "common/net/dial.h"
#include "common/net/tls.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/net/fake_peer.h"
#include "tests/common/net/run_coroutine.h"
#include "tests/common/net/test_authority.h"
#include "tests/common/net/tls_peer.h"
#include "tests/testing/status_matchers.h"

namespace weir::net {
namespace {

using ::testing::AllOf;
using testing::FakePeer;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::RunCoroutine;
using testing::StatusIs;
using testing::StaySilent;
using testing::TestAuthority;
using testing::TlsPeer;

constexpr absl::Duration kTunnelPlenty = absl::Seconds(30);
constexpr absl::Duration kTunnelShort = absl::Milliseconds(30);

// A target that no resolver knows: only a proxy could reach it.
constexpr char kTarget[] = "api.invalid";

// Dials kTarget through proxies that behave as each test says.
class TunnelTest : public ::testing::Test {
 protected:
  // Keeps the CONNECT, gives `answer`, then does as `then` says.
  FakePeer::Script AnswerWith(std::string answer,
                              FakePeer::Script then = StaySilent) {
    return [this, answer, then](FakePeer::Socket socket) {
      return Answer(std::move(socket), answer, then);
    };
  }

  boost::asio::awaitable<void> Answer(FakePeer::Socket socket,
                                      std::string answer,
                                      FakePeer::Script then) {
    co_await boost::asio::async_read_until(
        socket, boost::asio::dynamic_buffer(request_), "\r\n\r\n", kUseTuple);
    co_await boost::asio::async_write(socket, boost::asio::buffer(answer),
                                      kUseTuple);
    co_await then(std::move(socket));
  }

  static DialPlan PlanThrough(const FakePeer& proxy,
                              config::Secret credentials = {}) {
    return {Url{Scheme::kHttp, kTarget, 8080, "/v1"}, kTarget, nullptr,
            ProxyAddress{"127.0.0.1", proxy.port(), std::move(credentials)}};
  }

  absl::StatusOr<Transport> DialOnce(const DialPlan& plan,
                                     absl::Duration limit = kTunnelPlenty) {
    return RunCoroutine(loop_, Dial(plan, limit, nullptr));
  }

  boost::asio::io_context loop_;
  std::string request_;
};

TEST_F(TunnelTest, AsksForTheTargetByName) {
  FakePeer proxy(loop_, AnswerWith("HTTP/1.1 200 Connection established\r\n"
                                   "Via: test\r\n\r\n"));
  ASSERT_THAT(DialOnce(PlanThrough(proxy)), IsOk());
  EXPECT_EQ(request_,
            "CONNECT api.invalid:8080 HTTP/1.1\r\n"
            "Host: api.invalid:8080\r\n\r\n");
}

TEST_F(TunnelTest, SendsCredentials) {
  FakePeer proxy(loop_, AnswerWith("HTTP/1.0 204 ok\r\n\r\n"));
  ASSERT_THAT(DialOnce(PlanThrough(proxy, config::Secret("user:pass"))),
              IsOk());
  EXPECT_THAT(request_,
              HasSubstr("\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n"));
}

TEST_F(TunnelTest, CarriesTlsToTheTarget) {
  const TestAuthority authority;
  const std::string ca_file = ::testing::TempDir() + "/weir_tunnel_test_ca_" +
                              std::to_string(getpid()) + ".pem";
  std::ofstream(ca_file) << authority.certificate_pem();
  TlsPeer tls(authority.Issue({.alternative_names = "DNS:api.invalid"}));
  FakePeer proxy(loop_, AnswerWith("HTTP/1.1 200 OK\r\n\r\n", tls.Script()));
  DialPlan plan = PlanThrough(proxy);
  plan.url.scheme = Scheme::kHttps;
  plan.tls_context = MakeClientContext(ca_file).value();
  auto transport = DialOnce(plan);
  std::remove(ca_file.c_str());
  ASSERT_THAT(transport, IsOk());
  char buffer[8];
  const auto [error, size] =
      RunCoroutine(loop_, transport->ReadSome(boost::asio::buffer(buffer)));
  EXPECT_EQ(std::string(buffer, size), "hi");
}

struct BadAnswer {
  const char* name;
  std::string answer;
  std::string want;
};

class TunnelRefusedTest : public TunnelTest,
                          public ::testing::WithParamInterface<BadAnswer> {};

TEST_P(TunnelRefusedTest, IsUnavailableWithTheReason) {
  FakePeer proxy(loop_, AnswerWith(GetParam().answer, testing::HangUp));
  EXPECT_THAT(
      DialOnce(PlanThrough(proxy, config::Secret("user:s3cret"))),
      StatusIs(absl::StatusCode::kUnavailable,
               AllOf(HasSubstr("open tunnel"), HasSubstr(GetParam().want),
                     Not(HasSubstr("s3cret")))));
}

INSTANTIATE_TEST_SUITE_P(
    Table, TunnelRefusedTest,
    ::testing::ValuesIn<BadAnswer>({
        {"Forbidden", "HTTP/1.1 403 Forbidden\r\n\r\n", "status 403"},
        {"WrongCredentials", "HTTP/1.1 407 No\r\n\r\n", "status 407"},
        {"Redirect", "HTTP/1.1 302 Found\r\n\r\n", "status 302"},
        {"Interim", "HTTP/1.1 100 Continue\r\n\r\n", "status 100"},
        {"HangsUp", "", "End of file"},
        {"HangsUpMidway", "HTTP/1.1 200 OK\r\n", "End of file"},
        {"Garbage", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "no HTTP"},
        {"Short", "HTTP/1.1\r\n\r\n", "no HTTP"},
        {"NoStatus", "HTTP/1.1 2x0 OK\r\n\r\n", "no HTTP"},
        {"OtherVersion", "HTTP/2.0 200 OK\r\n\r\n", "no HTTP"},
        {"Endless", "HTTP/1.1 200 " + std::string(9000, 'x'), "8 KiB"},
        {"EarlyBytes", "HTTP/1.1 200 OK\r\n\r\nevil", "bytes of its own"},
    }),
    [](const auto& test) { return test.param.name; });

TEST_F(TunnelTest, SilentProxyCostsTheLimit) {
  FakePeer proxy(loop_, StaySilent);
  EXPECT_THAT(
      DialOnce(PlanThrough(proxy), kTunnelShort),
      StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("open tunnel")));
}

TEST_F(TunnelTest, RefusedAddressesAreRefusedBehindAProxyToo) {
  FakePeer proxy(loop_, StaySilent);
  DialPlan plan = PlanThrough(proxy);
  plan.url.host = "169.254.169.254";
  EXPECT_THAT(DialOnce(plan), StatusIs(absl::StatusCode::kPermissionDenied));
  plan = PlanThrough(proxy);
  plan.proxy->host = "0.0.0.0";
  EXPECT_THAT(DialOnce(plan), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(proxy.accepted(), 0);
}

}  // namespace
}  // namespace weir::net
