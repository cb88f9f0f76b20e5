#include "controlplane/probe/provider_channel.h"

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/config/effective.h"
#include "common/config/secrets.h"
#include "common/dialect/dialect.h"
#include "common/net/dial.h"
#include "common/net/forward_proxy.h"
#include "common/net/host_port.h"
#include "common/net/http_exchange.h"
#include "common/net/tls.h"
#include "common/net/transport.h"
#include "common/net/url.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::controlplane {
namespace {

namespace asio = boost::asio;

// Every so manyth request goes over a new connection.
constexpr int kFreshEvery = 10;
// More are of no use: probes of one provider come one interval apart.
constexpr std::size_t kMaxIdle = 4;
// Firewalls forget idle connections without a word, some after a minute.
constexpr absl::Duration kMaxIdleTime = absl::Seconds(30);

absl::StatusOr<net::DialPlan> PlanDial(const config::v1::Provider& provider,
                                       const net::Environment& environment) {
  net::DialPlan dial;
  auto url = net::ParseUrl(provider.base_url());
  if (!url.ok()) return url.status();
  dial.url = *std::move(url);
  if (dial.url.scheme == net::Scheme::kHttps) {
    const config::v1::Tls& tls = provider.tls();
    dial.tls_server_name =
        tls.server_name().empty() ? dial.url.host : tls.server_name();
    auto context = net::MakeClientContext(tls.ca_file());
    if (!context.ok()) return context.status();
    dial.tls_context = *std::move(context);
  }
  const config::v1::ForwardProxy& proxy = provider.forward_proxy();
  auto chosen = net::ChooseProxy(dial.url, proxy.url(), environment);
  if (!chosen.ok()) return chosen.status();
  dial.proxy = *std::move(chosen);
  if (dial.proxy.has_value() && proxy.has_credentials()) {
    auto secret = config::ResolveSecret(proxy.credentials());
    if (!secret.ok()) {
      return absl::FailedPreconditionError(
          absl::StrCat("forward proxy: ", secret.status().message()));
    }
    dial.proxy->credentials = *std::move(secret);
  }
  return dial;
}

// The provider's name stands beside the message, so its host need not, and why
// a connection was refused nobody asks.
absl::Status Shorten(const absl::Status& failure, const net::Url& url) {
  const std::string message(failure.message());
  if (absl::EndsWith(message, "Connection refused")) {
    return absl::UnavailableError("connection refused");
  }
  const std::string prefix = net::FormatHostPort({url.host, url.port}) + ": ";
  return absl::Status(failure.code(), absl::StripPrefix(message, prefix));
}

}  // namespace

absl::StatusOr<std::shared_ptr<ProviderChannel>> ProviderChannel::Make(
    const config::v1::Provider& provider, const net::Environment& environment,
    const Clock& clock) {
  const dialect::Dialect* dialect = dialect::Find(provider.dialect());
  if (dialect == nullptr) {
    return absl::UnimplementedError("this version does not speak its dialect");
  }
  auto dial = PlanDial(provider, environment);
  if (!dial.ok()) return dial.status();
  return std::shared_ptr<ProviderChannel>(
      new ProviderChannel(*dialect, *std::move(dial),
                          config::EffectiveTimeouts(provider).connect, clock));
}

ProviderChannel::ProviderChannel(const dialect::Dialect& dialect,
                                 net::DialPlan dial,
                                 absl::Duration connect_timeout,
                                 const Clock& clock)
    : dialect_(&dialect),
      dial_(std::move(dial)),
      connect_timeout_(connect_timeout),
      clock_(clock) {}

asio::awaitable<absl::Status> ProviderChannel::Connect() {
  const auto transport = co_await Dial();
  co_return transport.status();
}

asio::awaitable<absl::StatusOr<net::Transport>> ProviderChannel::Dial() {
  auto transport = co_await net::Dial(dial_, connect_timeout_, &sessions_);
  if (transport.ok()) co_return std::move(transport);
  co_return Shorten(transport.status(), dial_.url);
}

asio::awaitable<absl::StatusOr<ProviderChannel::Timed>> ProviderChannel::Ask(
    std::string request) {
  DropOldConnections();
  if (!idle_.empty()) {
    net::Transport open = std::move(idle_.back().transport);
    idle_.pop_back();
    auto answer = co_await AskOver(std::move(open), request);
    if (!absl::IsAborted(answer.status())) co_return answer;
  }
  auto fresh = co_await Dial();
  if (!fresh.ok()) co_return fresh.status();
  co_return co_await AskOver(*std::move(fresh), request);
}

asio::awaitable<absl::StatusOr<ProviderChannel::Timed>>
ProviderChannel::AskOver(net::Transport transport, const std::string& request) {
  const absl::Time start = clock_.Now();
  auto answer = co_await Exchange(transport, request);
  if (!answer.ok()) co_return answer.status();
  const absl::Time end = clock_.Now();
  if (answer->reuse == net::Reuse::kKeepOpen && idle_.size() < kMaxIdle) {
    idle_.push_back(Idle{std::move(transport), end});
  }
  co_return Timed{*std::move(answer), end - start};
}

void ProviderChannel::DropOldConnections() {
  if (++asked_ % kFreshEvery == 0) idle_.clear();
  const absl::Time oldest = clock_.Now() - kMaxIdleTime;
  std::erase_if(idle_, [&](const Idle& idle) { return idle.since < oldest; });
}

}  // namespace weir::controlplane
