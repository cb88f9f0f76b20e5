#include "controlplane/probe/http_prober.h"

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/config/secrets.h"
#include "common/dialect/dialect.h"
#include "common/net/forward_proxy.h"
#include "common/net/timeout.h"
#include "controlplane/probe/answer_check.h"
#include "controlplane/probe/provider_channel.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::controlplane {
namespace {

namespace asio = boost::asio;
namespace v1 = config::v1;

std::vector<config::Secret> ResolveCredentials(const v1::Provider& provider) {
  std::vector<config::Secret> secrets;
  for (const v1::SecretRef& reference : provider.credentials()) {
    auto secret = config::ResolveSecret(reference);
    if (secret.ok()) secrets.push_back(*std::move(secret));
  }
  return secrets;
}

// `secret` is null where none is sent.
std::string MakeRequest(const ProbeTarget& target,
                        const ProviderChannel& channel,
                        const config::Secret* secret) {
  const dialect::Dialect& dialect = channel.dialect();
  const bool chat = target.check.kind == v1::PROBE_KIND_CHAT;
  std::string request = absl::StrCat(
      chat ? "POST " : "GET ", channel.url().path,
      chat ? dialect.ChatPath(target.upstream_model, dialect::Delivery::kWhole)
           : std::string(dialect.ModelsPath()),
      " HTTP/1.1\r\nHost: ", channel.url().HostHeader(),
      "\r\nUser-Agent: weir/" WEIR_VERSION
      " (health check)\r\nAccept: application/json\r\n");
  request += dialect.VersionHeaders();
  if (secret != nullptr) request += dialect.CredentialHeaders(secret->Reveal());
  if (chat) {
    const std::string body = dialect.ProbeBody(target.upstream_model);
    absl::StrAppend(&request,
                    "Content-Type: application/json\r\nContent-Length: ",
                    body.size(), "\r\n\r\n", body);
  } else {
    request += "\r\n";
  }
  return request;
}

using Latency = absl::StatusOr<absl::Duration>;

asio::awaitable<Latency> Connect(std::shared_ptr<ProviderChannel> channel,
                                 const Clock& clock) {
  const absl::Time start = clock.Now();
  const absl::Status status = co_await channel->Connect();
  if (!status.ok()) co_return status;
  co_return clock.Now() - start;
}

asio::awaitable<Latency> AskOnce(std::shared_ptr<ProviderChannel> channel,
                                 const ProbeTarget& target,
                                 const config::Secret* secret) {
  const auto timed =
      co_await channel->Ask(MakeRequest(target, *channel, secret));
  if (!timed.ok()) co_return timed.status();
  const absl::Status judged =
      CheckAnswer(target.check.kind, channel->dialect(), timed->answer.status,
                  timed->answer.body);
  if (!judged.ok()) co_return judged;
  co_return timed->latency;
}

asio::awaitable<Latency> Ask(std::shared_ptr<ProviderChannel> channel,
                             const ProbeTarget& target,
                             const std::vector<config::Secret>& secrets) {
  if (secrets.empty()) co_return co_await AskOnce(channel, target, nullptr);
  Latency latency = absl::InternalError("not asked");
  for (const config::Secret& secret : secrets) {
    latency = co_await AskOnce(channel, target, &secret);
    if (!absl::IsUnauthenticated(latency.status())) break;
  }
  co_return latency;
}

}  // namespace

HttpProber::HttpProber(const Clock& clock, net::Environment environment)
    : clock_(clock), environment_(std::move(environment)) {}
HttpProber::~HttpProber() = default;

asio::awaitable<std::optional<ProbeResult>> HttpProber::Probe(
    ProbeTarget target) {
  const std::vector<config::Secret> secrets =
      ResolveCredentials(*target.provider);
  if (secrets.empty() && !target.provider->credentials().empty()) {
    co_return std::nullopt;
  }
  auto channel = ChannelTo(*target.provider);
  if (!channel.ok()) co_return ProbeResult{channel.status(), {}};
  const absl::Time start = clock_.Now();
  // A variable, because gcc 12 destroys a conditional's awaitable too early.
  asio::awaitable<Latency> probe;
  if (target.check.kind == v1::PROBE_KIND_TCP) {
    probe = Connect(*channel, clock_);
  } else {
    probe = Ask(*channel, target, secrets);
  }
  const Latency latency =
      co_await net::WithTimeout(std::move(probe), target.check.timeout);
  if (latency.ok()) co_return ProbeResult{absl::OkStatus(), *latency};
  const absl::Duration spent = clock_.Now() - start;
  if (absl::IsDeadlineExceeded(latency.status()) &&
      spent >= target.check.timeout) {
    co_return ProbeResult{
        absl::DeadlineExceededError(absl::StrCat(
            "timed out after ", absl::FormatDuration(target.check.timeout))),
        spent};
  }
  co_return ProbeResult{latency.status(), spent};
}

absl::StatusOr<std::shared_ptr<ProviderChannel>> HttpProber::ChannelTo(
    const v1::Provider& provider) {
  std::string serialized = provider.SerializeAsString();
  Known& known = channels_[provider.name()];
  if (known.channel != nullptr && known.provider == serialized) {
    return known.channel;
  }
  auto channel = ProviderChannel::Make(provider, environment_, clock_);
  if (!channel.ok()) return channel.status();
  known = Known{std::move(serialized), *channel};
  return channel;
}

}  // namespace weir::controlplane
