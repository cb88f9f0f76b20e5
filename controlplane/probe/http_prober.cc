#include "controlplane/probe/http_prober.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/config/price.h"
#include "common/config/secrets.h"
#include "common/dialect/dialect.h"
#include "common/file_watch.h"
#include "common/net/forward_proxy.h"
#include "common/net/http_exchange.h"
#include "common/net/timeout.h"
#include "controlplane/probe/answer_check.h"
#include "controlplane/probe/answer_cost.h"
#include "controlplane/probe/provider_channel.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::controlplane {
namespace {

namespace asio = boost::asio;
namespace v1 = config::v1;

// Of a shortage, which is every probe's.
constexpr absl::Duration kBetweenWarnings = absl::Minutes(1);

struct Held {
  std::uint32_t position;
  config::Secret secret;
};

// Those that resolve, the refused ones last.
std::vector<Held> ResolveCredentials(const ProbeTarget& target) {
  std::vector<Held> held;
  std::uint32_t position = 0;
  for (const v1::SecretRef& reference : target.provider->credentials()) {
    auto secret = config::ResolveSecret(reference);
    if (secret.ok()) held.push_back({position, *std::move(secret)});
    ++position;
  }
  std::stable_partition(held.begin(), held.end(), [&](const Held& each) {
    return std::ranges::count(target.refused, each.position) == 0;
  });
  return held;
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

// What came of asking, by whichever way.
struct Asked {
  absl::Status status;
  absl::Duration latency;
  // To the credential that was tried last.
  CredentialAnswer said = {};
  std::vector<CredentialSight> credentials = {};
  std::optional<double> cost_usd = std::nullopt;
  // It failed for want of something of this process's.
  bool could_not_ask = false;
};

// Of a connection; a provider's own limits are answers.
Asked NotAsked(absl::Status failure, absl::Duration latency) {
  const bool shortage = absl::IsResourceExhausted(failure);
  return {.status = std::move(failure),
          .latency = latency,
          .could_not_ask = shortage};
}

asio::awaitable<absl::StatusOr<Asked>> Connect(
    std::shared_ptr<ProviderChannel> channel, const Clock& clock) {
  const absl::Time start = clock.Now();
  absl::Status status = co_await channel->Connect();
  co_return NotAsked(std::move(status), clock.Now() - start);
}

// What `http_status` says to a credential, when the answer was judged so.
CredentialAnswer SightOf(const absl::Status& judged, int http_status) {
  if (judged.ok()) return {CredentialAnswer::Kind::kAccepted};
  if (absl::IsUnauthenticated(judged)) {
    return {CredentialAnswer::Kind::kRefused,
            absl::StrCat("HTTP ", http_status)};
  }
  return {};
}

asio::awaitable<Asked> AskOnce(std::shared_ptr<ProviderChannel> channel,
                               const ProbeTarget& target,
                               const config::Secret* secret,
                               const Clock& clock) {
  const auto timed =
      co_await channel->Ask(MakeRequest(target, *channel, secret));
  if (!timed.ok()) co_return NotAsked(timed.status(), absl::ZeroDuration());
  const net::HttpAnswer& answer = timed->answer;
  const absl::Status judged = CheckAnswer(target.check.kind, channel->dialect(),
                                          answer.status, answer.body);
  Asked asked{judged, timed->latency, SightOf(judged, answer.status)};
  const bool bought = target.check.kind == v1::PROBE_KIND_CHAT &&
                      answer.status >= 200 && answer.status < 300;
  const std::optional<config::Price> price = target.prices.At(clock.WallNow());
  if (bought && price.has_value()) {
    asked.cost_usd = CostOf(TokensOf(answer.body), *price);
  }
  co_return asked;
}

asio::awaitable<absl::StatusOr<Asked>> Ask(
    std::shared_ptr<ProviderChannel> channel, const ProbeTarget& target,
    const std::vector<Held>& credentials, const Clock& clock) {
  if (credentials.empty()) {
    co_return co_await AskOnce(channel, target, nullptr, clock);
  }
  Asked asked{absl::InternalError("not asked"), {}};
  std::vector<CredentialSight> sights;
  for (const Held& held : credentials) {
    asked = co_await AskOnce(channel, target, &held.secret, clock);
    sights.push_back({held.position, asked.said});
    if (!absl::IsUnauthenticated(asked.status)) break;
  }
  asked.credentials = std::move(sights);
  co_return asked;
}

// Any answer that is no refusal: not every provider has a list of models.
CredentialAnswer JudgeCheck(const absl::StatusOr<ProviderChannel::Timed>& timed,
                            const dialect::Dialect& dialect) {
  if (!timed.ok() || timed->answer.status >= 500) return {};
  const int status = timed->answer.status;
  const CredentialAnswer said = SightOf(
      CheckAnswer(v1::PROBE_KIND_MODELS, dialect, status, timed->answer.body),
      status);
  if (said.kind == CredentialAnswer::Kind::kRefused) return said;
  return {CredentialAnswer::Kind::kAccepted};
}

// Mostly of one configuration, and then the same object.
bool SaySame(const std::shared_ptr<const v1::Provider>& one,
             const std::shared_ptr<const v1::Provider>& other) {
  return one == other || one->SerializeAsString() == other->SerializeAsString();
}

// What a channel reads when it is made.
std::set<std::string> FilesOf(const v1::Provider& provider) {
  std::set<std::string> files = {provider.tls().ca_file(),
                                 provider.forward_proxy().credentials().file()};
  files.erase("");
  return files;
}

}  // namespace

HttpProber::HttpProber(const Clock& clock, net::Environment environment)
    : clock_(clock), environment_(std::move(environment)) {}
HttpProber::~HttpProber() = default;

asio::awaitable<std::optional<ProbeAnswer>> HttpProber::Probe(
    ProbeTarget target) {
  const std::vector<Held> credentials = ResolveCredentials(target);
  if (credentials.empty() && !target.provider->credentials().empty()) {
    co_return std::nullopt;
  }
  auto channel = ChannelTo(target.provider);
  if (!channel.ok()) co_return ProbeAnswer{{channel.status(), {}}};
  const absl::Time start = clock_.Now();
  // A variable, because gcc 12 destroys a conditional's awaitable too early.
  asio::awaitable<absl::StatusOr<Asked>> probe;
  if (target.check.kind == v1::PROBE_KIND_TCP) {
    probe = Connect(*channel, clock_);
  } else {
    probe = Ask(*channel, target, credentials, clock_);
  }
  auto asked =
      co_await net::WithTimeout(std::move(probe), target.check.timeout);
  const absl::Duration spent = clock_.Now() - start;
  if (!asked.ok()) {
    co_return ProbeAnswer{
        {absl::DeadlineExceededError(absl::StrCat(
             "timed out after ", absl::FormatDuration(target.check.timeout))),
         spent}};
  }
  if (asked->could_not_ask) {
    TellOfShortage(asked->status);
    co_return std::nullopt;
  }
  co_return ProbeAnswer{
      {asked->status, asked->status.ok() ? asked->latency : spent},
      std::move(asked->credentials),
      asked->cost_usd};
}

asio::awaitable<CredentialAnswer> HttpProber::CheckCredential(
    std::shared_ptr<const v1::Provider> provider, std::uint32_t position) {
  if (position >= static_cast<std::uint32_t>(provider->credentials_size())) {
    co_return CredentialAnswer{};
  }
  const auto secret =
      config::ResolveSecret(provider->credentials(static_cast<int>(position)));
  const auto channel = ChannelTo(provider);
  if (!secret.ok() || !channel.ok()) co_return CredentialAnswer{};
  ProbeTarget target;
  target.provider = provider;
  target.check = config::EffectiveHealthCheck(*provider);
  target.check.kind = v1::PROBE_KIND_MODELS;
  std::string request = MakeRequest(target, **channel, &*secret);
  asio::awaitable<absl::StatusOr<ProviderChannel::Timed>> ask =
      (*channel)->Ask(std::move(request));
  const auto timed =
      co_await net::WithTimeout(std::move(ask), target.check.timeout);
  co_return JudgeCheck(timed, (*channel)->dialect());
}

void HttpProber::TellOfShortage(const absl::Status& failure) {
  const absl::Time now = clock_.Now();
  if (now - told_of_shortage_ < kBetweenWarnings) return;
  told_of_shortage_ = now;
  spdlog::warn("providers can't be asked how they are: {}",
               std::string(failure.message()));
}

absl::StatusOr<std::shared_ptr<ProviderChannel>> HttpProber::ChannelTo(
    const std::shared_ptr<const v1::Provider>& provider) {
  Known& known = channels_[provider->name()];
  const bool is_same =
      known.channel != nullptr && SaySame(known.provider, provider);
  if (is_same) known.provider = provider;
  if (is_same && !known.files.Changed()) return known.channel;
  FileWatch files;
  files.Watch(FilesOf(*provider));
  auto channel = ProviderChannel::Make(*provider, environment_, clock_);
  if (!channel.ok() && !is_same) return channel.status();
  if (channel.ok()) {
    known.channel = *std::move(channel);
    known.provider = provider;
  } else {
    spdlog::warn("provider {}: {}; probes go on with what was read before",
                 provider->name(), channel.status().ToString());
  }
  known.files = std::move(files);
  return known.channel;
}

}  // namespace weir::controlplane
