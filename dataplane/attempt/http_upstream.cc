#include "dataplane/attempt/http_upstream.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "dataplane/attempt/connection_pool.h"
#include "dataplane/attempt/dial.h"
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

io::Task<HttpUpstream::ConnectionOrFailure> HttpUpstream::Connect(
    const ProviderEntry& provider, ConnectionPool& pool, Interrupt& interrupt) {
  absl::StatusOr<std::shared_ptr<io::Stream>> stream =
      co_await Dial(loop_, wheel_, pool.plan(), provider.timeouts.connect,
                    pool.tls_sessions(), interrupt);
  if (!stream.ok()) {
    const bool nobody = IsNobodysFault(interrupt.why());
    const bool timed_out = interrupt.why() == Interrupt::Why::kTimeout;
    co_return Failure{.blame = nobody ? Blame::kNobody : Blame::kEndpoint,
                      .stage = Stage::kConnect,
                      .reason = timed_out
                                    ? "timed out before it was connected"
                                    : std::string(stream.status().message()),
                      .status = std::nullopt,
                      .retry_after = std::nullopt};
  }
  auto connection = std::make_unique<Connection>();
  connection->stream = *std::move(stream);
  connection->retire_at = pool.RetireAt(random_.Uniform());
  co_return connection;
}

io::Task<SendResult> HttpUpstream::Send(const ProviderEntry& provider,
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
