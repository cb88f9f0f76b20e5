#include "common/net/dial.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/net/address_policy.h"
#include "common/net/host_port.h"
#include "common/net/local_shortage.h"
#include "common/net/resolver.h"
#include "common/net/timeout.h"
#include "common/net/tls.h"
#include "common/net/transport.h"
#include "common/net/tunnel.h"

namespace weir::net {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

// Sent bytes that nobody acknowledges for this long mean that the peer is gone;
// the kernel's own patience is 15 minutes.
constexpr int kUserTimeoutMs = 10'000;

// One dial: how far it got, and how long it may take.
struct Progress {
  std::string_view step = "look up";
  SteadyClock::time_point deadline;
};

absl::Status Annotate(const DialPlan& plan, const Progress& progress,
                      const absl::Status& status) {
  return absl::Status(status.code(),
                      FormatHostPort({plan.url.host, plan.url.port}) + ": " +
                          std::string(progress.step) + ": " +
                          std::string(status.message()));
}

// Options fail only on a socket that is dead already, which the next operation
// notices.
void SetOptions(tcp::socket& socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT,
             &kUserTimeoutMs, sizeof(kUserTimeoutMs));
}

asio::awaitable<absl::StatusOr<tcp::socket>> ConnectTo(tcp::endpoint endpoint) {
  if (auto status = CheckAddress(endpoint.address()); !status.ok()) {
    co_return status;
  }
  tcp::socket socket(co_await asio::this_coro::executor);
  const auto [error] = co_await socket.async_connect(endpoint, kUseTuple);
  if (error) {
    co_return absl::Status(
        IsLocalShortage(error) ? absl::StatusCode::kResourceExhausted
                               : absl::StatusCode::kUnavailable,
        endpoint.address().to_string() + ": " + error.message());
  }
  SetOptions(socket);
  co_return std::move(socket);
}

// Tries `endpoints` in order. Each but the last gets half of the time left: one
// dead address must not cost the others theirs.
asio::awaitable<absl::StatusOr<tcp::socket>> ConnectToAny(
    std::vector<tcp::endpoint> endpoints, SteadyClock::time_point deadline) {
  absl::Status failure = absl::UnavailableError("the name has no address");
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const absl::Duration left = absl::FromChrono(deadline - SteadyClock::now());
    const bool last = i + 1 == endpoints.size();
    const absl::Duration limit = left / (last ? 1 : 2);
    auto socket = co_await WithTimeout(ConnectTo(endpoints[i]), limit);
    if (socket.ok()) co_return std::move(socket);
    failure = socket.status();
  }
  co_return failure;
}

// With a proxy the proxy looks the peer up, so only a literal address can be
// judged here.
absl::Status CheckLiteralPeer(const Url& url) {
  error_code not_literal;
  const auto literal = asio::ip::make_address(url.host, not_literal);
  return not_literal ? absl::OkStatus() : CheckAddress(literal);
}

absl::StatusOr<std::unique_ptr<Transport::TlsStream>> MakeTlsStream(
    tcp::socket socket, const DialPlan& plan, TlsSessionCache* sessions) {
  try {
    auto stream = std::make_unique<Transport::TlsStream>(std::move(socket),
                                                         *plan.tls_context);
    auto status = PrepareClient(stream->native_handle(), plan.tls_context,
                                plan.tls_server_name, sessions);
    if (!status.ok()) return status;
    return stream;
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
}

asio::awaitable<absl::StatusOr<Transport>> Handshake(
    tcp::socket socket, const DialPlan& plan, TlsSessionCache* sessions) {
  auto stream = MakeTlsStream(std::move(socket), plan, sessions);
  if (!stream.ok()) co_return stream.status();
  const auto [error] = co_await (*stream)->async_handshake(
      asio::ssl::stream_base::client, kUseTuple);
  if (!error) co_return Transport(*std::move(stream));
  if (sessions != nullptr) sessions->Forget();
  if (error.category() == asio::error::get_ssl_category()) {
    co_return absl::FailedPreconditionError(
        DescribeHandshakeFailure((*stream)->native_handle(), error.message()));
  }
  co_return absl::UnavailableError(error.message());
}

asio::awaitable<absl::StatusOr<tcp::socket>> DialTcpStepByStep(
    const DialPlan& plan, Progress& progress) {
  if (plan.proxy) {
    auto status = CheckLiteralPeer(plan.url);
    if (!status.ok()) co_return status;
    progress.step = "look up forward proxy";
  }
  const HostPort next_hop = plan.proxy
                                ? HostPort{plan.proxy->host, plan.proxy->port}
                                : HostPort{plan.url.host, plan.url.port};
  auto& resolver = asio::use_service<Resolver>(asio::query(
      co_await asio::this_coro::executor, asio::execution::context));
  auto endpoints = co_await resolver.Resolve(next_hop.host, next_hop.port);
  if (!endpoints.ok()) co_return endpoints.status();

  progress.step = plan.proxy ? "connect to forward proxy" : "connect";
  auto socket = co_await ConnectToAny(*std::move(endpoints), progress.deadline);
  if (!socket.ok()) co_return socket.status();

  if (plan.proxy) {
    progress.step = "open tunnel";
    auto status = co_await OpenTunnel(*socket, *plan.proxy, plan.url);
    if (!status.ok()) co_return status;
  }
  co_return std::move(socket);
}

asio::awaitable<absl::StatusOr<Transport>> DialStepByStep(
    const DialPlan& plan, TlsSessionCache* sessions, Progress& progress) {
  auto socket = co_await DialTcpStepByStep(plan, progress);
  if (!socket.ok()) co_return socket.status();
  if (plan.url.scheme == Scheme::kHttp) {
    co_return Transport(*std::move(socket));
  }
  progress.step = "TLS handshake";
  co_return co_await Handshake(*std::move(socket), plan, sessions);
}

}  // namespace

asio::awaitable<absl::StatusOr<Transport>> Dial(const DialPlan& plan,
                                                absl::Duration limit,
                                                TlsSessionCache* sessions) {
  Progress progress;
  progress.deadline = SteadyClock::now() + absl::ToChronoNanoseconds(limit);
  auto transport =
      co_await WithTimeout(DialStepByStep(plan, sessions, progress), limit);
  if (transport.ok()) co_return std::move(transport);
  co_return Annotate(plan, progress, transport.status());
}

asio::awaitable<absl::StatusOr<tcp::socket>> DialTcp(const DialPlan& plan,
                                                     absl::Duration limit) {
  Progress progress;
  progress.deadline = SteadyClock::now() + absl::ToChronoNanoseconds(limit);
  auto socket = co_await WithTimeout(DialTcpStepByStep(plan, progress), limit);
  if (socket.ok()) co_return std::move(socket);
  co_return Annotate(plan, progress, socket.status());
}

}  // namespace weir::net
