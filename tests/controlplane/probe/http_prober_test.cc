// The prober against servers on loopback.

#include "controlplane/probe/http_prober.h"

#include <unistd.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/net/transport.h"
#include "controlplane/probe/probe_target.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/net/fake_peer.h"
#include "tests/common/net/test_authority.h"
#include "tests/common/net/tls_peer.h"
#include "tests/controlplane/probe/http_prober_fixture.h"
#include "tests/testing/no_descriptors.h"
#include "tests/testing/status_matchers.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::controlplane {
namespace {

namespace asio = boost::asio;
namespace v1 = config::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::weir::testing::FakePeer;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

TEST_F(HttpProberTest, ChatAsksForOneTokenInTheProvidersDialect) {
  FakeProvider provider(loop_, Answer("200 OK", kCompletion));
  const auto result = Probe(Target(At(provider.url())));
  ASSERT_TRUE(result.has_value());
  EXPECT_THAT(result->status, IsOk());
  EXPECT_GT(result->latency, absl::ZeroDuration());
  ASSERT_THAT(provider.requests(), SizeIs(1));
  const std::string& request = provider.requests()[0];
  EXPECT_THAT(request, StartsWith("POST /v1/chat/completions HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nHost: 127.0.0.1:"));
  EXPECT_THAT(request, HasSubstr(R"("model":"gpt-4.1")"));
  EXPECT_THAT(request, HasSubstr(R"("max_tokens":1)"));
  EXPECT_THAT(request, Not(HasSubstr("Authorization")));
}

TEST_F(HttpProberTest, ModelsAsksForTheList) {
  FakeProvider provider(loop_, Answer("200 OK", R"({"data":[{"id":"m"}]})"));
  EXPECT_THAT(StatusOf(Target(At(provider.url()), v1::PROBE_KIND_MODELS)),
              IsOk());
  EXPECT_THAT(provider.requests(),
              ElementsAre(StartsWith("GET /v1/models HTTP/1.1\r\n")));
}

TEST_F(HttpProberTest, TcpOnlyConnects) {
  FakeProvider provider(loop_, Answer("500 No", ""));
  EXPECT_THAT(StatusOf(Target(At(provider.url()), v1::PROBE_KIND_TCP)), IsOk());
  EXPECT_THAT(provider.requests(), SizeIs(0));
}

TEST_F(HttpProberTest, AnAnswersStatusIsTheReason) {
  FakeProvider provider(loop_, Answer("500 Sorry", "{}"));
  EXPECT_THAT(StatusOf(Target(At(provider.url()))),
              StatusIs(absl::StatusCode::kUnavailable, "HTTP 500"));
}

TEST_F(HttpProberTest, NobodyThereIsConnectionRefused) {
  std::string url;
  {
    FakeProvider gone(loop_, "");
    url = gone.url();
  }
  for (const auto kind : {v1::PROBE_KIND_CHAT, v1::PROBE_KIND_TCP}) {
    EXPECT_THAT(StatusOf(Target(At(url), kind)),
                StatusIs(absl::StatusCode::kUnavailable, "connection refused"));
  }
}

TEST_F(HttpProberTest, AShortageOfDescriptorsSaysNothingOfTheProvider) {
  if (testing::NoDescriptors::kTypesAreCheckedByPipes) {
    GTEST_SKIP() << "the logger's type is checked";
  }
  FakeProvider provider(loop_, Answer("200 OK", kCompletion));
  // It waits for connections from then on, and has closed this one.
  EXPECT_THAT(StatusOf(Target(At(provider.url()), v1::PROBE_KIND_TCP)), IsOk());
  loop_.restart();
  loop_.poll();
  for (const auto kind : {v1::PROBE_KIND_CHAT, v1::PROBE_KIND_TCP}) {
    const ProbeTarget target = Target(At(provider.url()), kind);
    {
      const testing::NoDescriptors none;
      EXPECT_FALSE(Ask(target).has_value());
    }
    EXPECT_THAT(StatusOf(target), IsOk());
  }
}

TEST_F(HttpProberTest, AProvidersOwnLimitIsItsAnswer) {
  FakeProvider provider(loop_, Answer("429 Too Many Requests", "{}"));
  EXPECT_THAT(StatusOf(Target(At(provider.url()))),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(HttpProberTest, SilenceTimesOut) {
  FakePeer silent(loop_, testing::StaySilent);
  const std::string url = absl::StrCat("http://127.0.0.1:", silent.port());
  EXPECT_THAT(
      StatusOf(Target(At(url), v1::PROBE_KIND_CHAT, absl::Milliseconds(30))),
      StatusIs(absl::StatusCode::kDeadlineExceeded, "timed out after 30ms"));
}

TEST_F(HttpProberTest, WhatIsNoHttpAndWhatIsCutOffAreFailures) {
  FakeProvider babble(loop_, "SSH-2.0-OpenSSH\r\n\r\n");
  EXPECT_THAT(StatusOf(Target(At(babble.url()))),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith("answer is not HTTP")));
  FakeProvider cut(loop_, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",
                   Then::kHangUp);
  EXPECT_THAT(StatusOf(Target(At(cut.url()))),
              StatusIs(absl::StatusCode::kUnavailable,
                       StartsWith("answer is cut off")));
  FakePeer rude(loop_, testing::HangUp);
  EXPECT_THAT(
      StatusOf(Target(At(absl::StrCat("http://127.0.0.1:", rude.port())))),
      StatusIs(absl::StatusCode::kAborted));
}

TEST_F(HttpProberTest, AnAnswerOverAMegabyteIsNotRead) {
  FakeProvider endless(
      loop_, absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n",
                          std::string(1000, ' ')));
  EXPECT_THAT(
      StatusOf(Target(At(endless.url()))),
      StatusIs(absl::StatusCode::kOutOfRange, "answer is longer than 1 MiB"));
  FakeProvider chunks(
      loop_,
      absl::StrCat("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                   "200000\r\n", std::string(0x110000, ' ')));
  EXPECT_THAT(StatusOf(Target(At(chunks.url()))),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST_F(HttpProberTest, AnAnswerThatEndsWithTheConnectionIsWhole) {
  FakeProvider old(loop_, absl::StrCat("HTTP/1.1 200 OK\r\n\r\n", kCompletion),
                   Then::kHangUp);
  EXPECT_THAT(StatusOf(Target(At(old.url()))), IsOk());
}

TEST_F(HttpProberTest, ConnectionsAreReusedAndEveryTenthIsNew) {
  FakeProvider provider(loop_, Answer("200 OK", kCompletion));
  const ProbeTarget target = Target(At(provider.url()));
  for (int i = 0; i < 9; ++i) ASSERT_THAT(StatusOf(target), IsOk());
  EXPECT_EQ(provider.connections(), 1);
  ASSERT_THAT(StatusOf(target), IsOk());
  EXPECT_EQ(provider.connections(), 2);
}

TEST_F(HttpProberTest, AReusedConnectionThatDiedIsNoFailure) {
  FakeProvider provider(loop_, Answer("200 OK", kCompletion), Then::kHangUp);
  const ProbeTarget target = Target(At(provider.url()));
  for (int i = 0; i < 5; ++i) EXPECT_THAT(StatusOf(target), IsOk()) << i;
  EXPECT_EQ(provider.connections(), 5);
}

TEST_F(HttpProberTest, AChatCostsWhatItsAnswerSaysByTheTargetsPrice) {
  const std::string answer = std::string(kCompletion);
  FakeProvider provider(loop_,
                        Answer("200 OK", answer.substr(0, answer.rfind('}')) +
                                             R"(,"usage":{"prompt_tokens":10,)"
                                             R"("completion_tokens":1}})"));
  ProbeTarget target = Target(At(provider.url()));
  EXPECT_EQ(Ask(target)->cost_usd, std::nullopt) << "no price";
  target.prices = config::PriceSchedule(config::Price{2, 2, 8});
  EXPECT_DOUBLE_EQ(Ask(target)->cost_usd.value(), 28e-6);
}

TEST_F(HttpProberTest, WithoutAnyCredentialThatResolvesNobodyIsAsked) {
  unsetenv("WEIR_TEST_NO_KEY");
  FakeProvider provider(loop_, Answer("200 OK", kCompletion));
  v1::Provider keyless = At(provider.url());
  keyless.add_credentials()->set_env("WEIR_TEST_NO_KEY");
  EXPECT_FALSE(Probe(Target(keyless)).has_value());
  EXPECT_EQ(provider.connections(), 0);
}

TEST_F(HttpProberTest, AProviderThatMovedIsAskedAtItsNewPlace) {
  FakeProvider before(loop_, Answer("200 OK", kCompletion));
  FakeProvider after(loop_, Answer("200 OK", kCompletion));
  EXPECT_THAT(StatusOf(Target(At(before.url()))), IsOk());
  EXPECT_THAT(StatusOf(Target(At(after.url()))), IsOk());
  EXPECT_EQ(after.connections(), 1);
}

TEST_F(HttpProberTest, WhatCanNotBeReachedSaysWhy) {
  v1::Provider provider = At("https://127.0.0.1:1/v1");
  provider.mutable_tls()->set_ca_file("/nonexistent/ca.pem");
  EXPECT_THAT(StatusOf(Target(provider)),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("/nonexistent/ca.pem")));
}

// A provider behind TLS, whose certificate `authority_` signed.
class HttpProberTlsTest : public HttpProberTest {
 protected:
  HttpProberTlsTest()
      : ca_file_(absl::StrCat(::testing::TempDir(), "weir_probe_ca_", getpid(),
                              ".pem")) {
    std::ofstream(ca_file_) << authority_.certificate_pem();
  }
  ~HttpProberTlsTest() override { std::remove(ca_file_.c_str()); }

  v1::Provider AtTls(std::uint16_t port) const {
    v1::Provider provider = At(absl::StrCat("https://127.0.0.1:", port, "/v1"));
    provider.mutable_tls()->set_ca_file(ca_file_);
    return provider;
  }

  static asio::awaitable<void> AnswerOverTls(asio::ssl::context& context,
                                             FakePeer::Socket socket) {
    asio::ssl::stream<FakePeer::Socket> stream(std::move(socket), context);
    const auto [handshake_error] = co_await stream.async_handshake(
        asio::ssl::stream_base::server, net::kUseTuple);
    if (handshake_error) co_return;
    char request[4096];
    co_await stream.async_read_some(asio::buffer(request), net::kUseTuple);
    const std::string answer = Answer("200 OK", kCompletion);
    co_await asio::async_write(stream, asio::buffer(answer), net::kUseTuple);
    co_await testing::Drain(stream.next_layer());
  }

  const testing::TestAuthority authority_;
  const std::string ca_file_;
};

TEST_F(HttpProberTlsTest, ChatAndTcpGoThroughAVerifiedHandshake) {
  testing::TlsPeer identity(authority_.Issue({"IP:127.0.0.1"}));
  FakePeer peer(loop_, [&](FakePeer::Socket socket) {
    return AnswerOverTls(identity.context(), std::move(socket));
  });
  EXPECT_THAT(StatusOf(Target(AtTls(peer.port()))), IsOk());
  EXPECT_THAT(StatusOf(Target(AtTls(peer.port()), v1::PROBE_KIND_TCP)), IsOk());
}

TEST_F(HttpProberTlsTest, ANewAuthorityIsTakenUpAndABadOneIsNot) {
  const testing::TestAuthority next;
  testing::TlsPeer identity(next.Issue({"IP:127.0.0.1"}));
  FakePeer peer(loop_, [&](FakePeer::Socket socket) {
    return AnswerOverTls(identity.context(), std::move(socket));
  });
  EXPECT_THAT(StatusOf(Target(AtTls(peer.port()))),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       StartsWith("TLS handshake: ")));
  // Of another size: a clock's tick may be longer than all of this.
  std::ofstream(ca_file_) << "the next one\n" << next.certificate_pem();
  EXPECT_THAT(StatusOf(Target(AtTls(peer.port()))), IsOk());
  std::ofstream(ca_file_) << "no certificate";
  EXPECT_THAT(StatusOf(Target(AtTls(peer.port()), v1::PROBE_KIND_TCP)), IsOk());
}

TEST_F(HttpProberTlsTest, AnExpiredCertificateIsAFailure) {
  testing::TlsPeer expired(
      authority_.Issue({"IP:127.0.0.1", -absl::Minutes(1)}));
  FakePeer peer(loop_, expired.Script());
  for (const auto kind : {v1::PROBE_KIND_CHAT, v1::PROBE_KIND_TCP}) {
    EXPECT_THAT(StatusOf(Target(AtTls(peer.port()), kind)),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         StartsWith("TLS handshake: ")));
  }
}

}  // namespace
}  // namespace weir::controlplane
