#include "controlplane/alert/http_webhook_sender.h"

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/concat.h"
#include "common/config/secrets.h"
#include "common/config/webhook_url.h"
#include "common/net/dial.h"
#include "common/net/forward_proxy.h"
#include "common/net/http_exchange.h"
#include "common/net/plan_dial.h"
#include "common/net/timeout.h"
#include "common/net/transport.h"
#include "controlplane/alert/webhook_format.h"

namespace weir::controlplane {
namespace {

namespace asio = boost::asio;

constexpr absl::Duration kConnectTimeout = absl::Seconds(5);
constexpr absl::Duration kTimeout = absl::Seconds(10);

// What goes out, and where to. Holds secrets.
struct Letter {
  net::DialPlan dial;
  std::string request;
};

// The secret behind a reference; empty where there is none.
absl::StatusOr<config::Secret> Resolve(bool is_set,
                                       const config::v1::SecretRef& reference) {
  if (!is_set) return config::Secret();
  return config::ResolveSecret(reference);
}

absl::StatusOr<config::WebhookUrl> UrlOf(const config::v1::Webhook& webhook) {
  if (!webhook.has_url_from()) return config::ParseWebhookUrl(webhook.url());
  auto secret = config::ResolveSecret(webhook.url_from());
  if (!secret.ok()) return secret.status();
  auto url = config::ParseWebhookUrl(secret->Reveal());
  if (url.ok()) return url;
  // Not for good: whoever keeps the secret may correct it.
  return absl::FailedPreconditionError(
      Concat("the URL in ", config::DescribeSecretRef(webhook.url_from()), " ",
             std::string(url.status().message())));
}

absl::StatusOr<Letter> Compose(const config::v1::Webhook& webhook,
                               const Alert& alert,
                               const net::Environment& environment) {
  auto url = UrlOf(webhook);
  if (!url.ok()) return url.status();
  auto routing_key = Resolve(webhook.has_routing_key(), webhook.routing_key());
  if (!routing_key.ok()) return routing_key.status();
  auto token = Resolve(webhook.has_token(), webhook.token());
  if (!token.ok()) return token.status();
  auto dial = net::PlanDial(url->url, "", environment);
  if (!dial.ok()) return dial.status();

  const std::string body =
      WebhookBody(webhook.format(), alert, routing_key->Reveal());
  std::string request =
      Concat("POST ", url->target, " HTTP/1.1\r\nHost: ", url->url.HostHeader(),
             "\r\nUser-Agent: weir/" WEIR_VERSION
             " (alert)\r\nAccept: */*\r\nConnection: close\r\n"
             "Content-Type: application/json\r\nContent-Length: ",
             body.size(), "\r\n");
  if (!token->empty()) {
    Append(request, "Authorization: Bearer ", token->Reveal(), "\r\n");
  }
  Append(request, "\r\n", body);
  return Letter{*std::move(dial), std::move(request)};
}

// PagerDuty's table of what to try again: 429, 5xx, and errors of the network
// (github.com/PagerDuty/api-schema, reference/events-v2/openapiv3.json). Slack
// answers mistakes with 400, 403, 404 and 410 (api.slack.com/changelog,
// 2016-05-17). The body is not quoted, for it may quote what we sent.
absl::Status Judge(int status) {
  if (status >= 200 && status < 300) return absl::OkStatus();
  const std::string what = Concat("HTTP ", status);
  if (status == 408 || status == 425 || status == 429 || status >= 500) {
    return absl::UnavailableError(what);
  }
  if (status >= 300 && status < 400) {
    return absl::InvalidArgumentError(
        Concat(what, ", and redirects are not followed"));
  }
  return absl::InvalidArgumentError(what);
}

asio::awaitable<absl::Status> Post(std::shared_ptr<const Letter> letter) {
  auto transport = co_await net::Dial(letter->dial, kConnectTimeout, nullptr);
  if (!transport.ok()) co_return transport.status();
  std::string request = letter->request;
  const auto answer = co_await Exchange(*transport, std::move(request));
  if (answer.ok()) co_return Judge(answer->status);
  // What came is not HTTP, or too much of it: nothing that we sent is at fault.
  co_return absl::UnavailableError(answer.status().message());
}

}  // namespace

HttpWebhookSender::HttpWebhookSender(net::Environment environment)
    : environment_(std::move(environment)) {}

asio::awaitable<absl::Status> HttpWebhookSender::Send(
    std::shared_ptr<const config::v1::Webhook> webhook, Alert alert) {
  auto letter = Compose(*webhook, alert, environment_);
  if (!letter.ok()) co_return letter.status();
  asio::awaitable<absl::Status> post =
      Post(std::make_shared<const Letter>(*std::move(letter)));
  co_return co_await net::WithTimeout(std::move(post), kTimeout);
}

}  // namespace weir::controlplane
