#include "dataplane/attempt/http_upstream.h"

#include <cstdint>
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
  const std::uint64_t serial = provider.serial.value();
  Found& found = found_[serial % found_.size()];
  if (found.serial != serial) found = {serial, &FindPool(provider)};
  return *found.pool;
}

const HttpUpstream::Pool& HttpUpstream::FindPool(
    const ProviderEntry& provider) {
  Pool& pool = pools_[provider.name];
  if (pool == nullptr || !pool->LeadsTo(provider.dial)) {
    pool = std::make_shared<ConnectionPool>(provider.dial, wheel_);
    found_.fill({});
  }
  return pool;
}

io::Task<HttpUpstream::ConnectionOrFailure> HttpUpstream::Connect(
    const ProviderEntry& provider, ConnectionPool& pool, Interrupt& interrupt) {
  absl::StatusOr<std::shared_ptr<io::Stream>> stream =
      co_await Dial(loop_, wheel_, pool.plan(), provider.timeouts.connect,
                    pool.tls_sessions(), interrupt);
  if (!stream.ok()) {
    const bool short_of_files = absl::IsResourceExhausted(stream.status());
    const bool nobody = short_of_files || IsNobodysFault(interrupt.why());
    const bool timed_out = interrupt.why() == Interrupt::Why::kTimeout;
    co_return Failure{.blame = nobody ? Blame::kNobody : Blame::kEndpoint,
                      .stage = Stage::kConnect,
                      .reason = timed_out
                                    ? "timed out before it was connected"
                                    : std::string(stream.status().message()),
                      .status = std::nullopt,
                      .retry_after = std::nullopt,
                      .short_of_files = short_of_files};
  }
  auto connection = std::make_unique<Connection>();
  connection->stream = *std::move(stream);
  connection->retire_at = pool.RetireAt(random_.Uniform());
  co_return connection;
}

std::unique_ptr<HttpExchange> HttpUpstream::Reuse(const Pool& pool,
                                                  Interrupt& interrupt) {
  std::unique_ptr<Connection> idle = pool->Take();
  if (idle == nullptr) return nullptr;
  return std::make_unique<HttpExchange>(std::move(idle), pool, interrupt);
}

io::Task<SendResult> HttpUpstream::Send(const ProviderEntry& provider,
                                        UpstreamRequest request,
                                        Interrupt& interrupt,
                                        TargetCounters& counters) {
  if (auto exchange = Reuse(PoolOf(provider), interrupt)) {
    ++counters.connections_reused;
    std::optional<Failure> failure = co_await exchange->Start(request);
    if (!failure.has_value()) co_return exchange;
    const bool lost_race = failure->stage == Stage::kUnanswered &&
                           !interrupt.raised() &&
                           request.replay == Replay::kAllowed;
    if (!lost_race) co_return *std::move(failure);
  }
  // It may be another one by the time that it is connected.
  const Pool pool = PoolOf(provider);
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
