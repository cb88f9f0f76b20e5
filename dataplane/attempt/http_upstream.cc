#include "dataplane/attempt/http_upstream.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/net/dial.h"
#include "dataplane/attempt/connection_pool.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/http_exchange.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/io/stream.h"

namespace weir::dataplane {

const HttpUpstream::Pool& HttpUpstream::PoolOf(const ProviderEntry& provider) {
  Pool& pool = pools_[provider.name];
  if (pool == nullptr || !pool->LeadsTo(provider.dial)) {
    pool = std::make_shared<ConnectionPool>(provider.dial, wheel_);
  }
  return pool;
}

namespace {

// Dials in a coroutine of its own, so that it can be cancelled whatever it
// waits for; then it may end by an exception of Asio's.
asio::awaitable<absl::StatusOr<net::Transport>> DialInterruptibly(
    const ProviderEntry& provider, ConnectionPool& pool, Interrupt& interrupt) {
  asio::cancellation_signal cancel;
  const Interrupt::Scope scope(
      interrupt, [&cancel] { cancel.emit(asio::cancellation_type::terminal); });
  try {
    co_return co_await asio::co_spawn(
        co_await asio::this_coro::executor,
        net::Dial(pool.plan(), provider.timeouts.connect, pool.tls_sessions()),
        asio::bind_cancellation_slot(cancel.slot(), asio::use_awaitable));
  } catch (const boost::system::system_error& error) {
    co_return absl::CancelledError(error.code().message());
  }
}

}  // namespace

asio::awaitable<HttpUpstream::ConnectionOrFailure> HttpUpstream::Connect(
    const ProviderEntry& provider, ConnectionPool& pool, Interrupt& interrupt) {
  absl::StatusOr<net::Transport> transport =
      co_await DialInterruptibly(provider, pool, interrupt);
  if (!transport.ok()) {
    const auto why = interrupt.why();
    const bool nobody =
        why == Interrupt::Why::kClientGone || why == Interrupt::Why::kShutdown;
    co_return Failure{.blame = nobody ? Blame::kNobody : Blame::kEndpoint,
                      .stage = Stage::kConnect,
                      .reason = std::string(transport.status().message()),
                      .status = std::nullopt,
                      .retry_after = std::nullopt};
  }
  auto connection = std::make_unique<Connection>();
  connection->stream = std::make_shared<io::Stream>(*std::move(transport));
  connection->retire_at = pool.RetireAt(random_.Uniform());
  co_return connection;
}

asio::awaitable<SendResult> HttpUpstream::Send(const ProviderEntry& provider,
                                               const UpstreamRequest& request,
                                               Interrupt& interrupt,
                                               TargetCounters& counters) {
  const Pool pool = PoolOf(provider);
  if (std::unique_ptr<Connection> reused = pool->Take()) {
    ++counters.connections_reused;
    auto exchange =
        std::make_unique<HttpExchange>(std::move(reused), pool, interrupt);
    std::optional<Failure> failure = co_await exchange->Start(request);
    if (!failure.has_value()) co_return exchange;
    const bool lost_race = failure->stage == Stage::kUnanswered &&
                           !interrupt.raised() &&
                           request.replay == Replay::kAllowed;
    if (!lost_race) co_return *std::move(failure);
  }
  ConnectionOrFailure connection = co_await Connect(provider, *pool, interrupt);
  if (auto* failure = std::get_if<Failure>(&connection)) {
    co_return std::move(*failure);
  }
  ++counters.connections_opened;
  auto exchange = std::make_unique<HttpExchange>(
      std::get<std::unique_ptr<Connection>>(std::move(connection)), pool,
      interrupt);
  std::optional<Failure> failure = co_await exchange->Start(request);
  if (failure.has_value()) co_return *std::move(failure);
  co_return exchange;
}

}  // namespace weir::dataplane
