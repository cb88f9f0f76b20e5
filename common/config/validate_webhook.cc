#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "common/config/alert_kind.h"
#include "common/config/nearest.h"
#include "common/config/validate_parts.h"
#include "common/config/webhook_url.h"

namespace weir::config {
namespace {

constexpr char kUrlFix[] =
    "write one like https://events.pagerduty.com/v2/enqueue";

void CheckUrl(const std::string& path, const v1::Webhook& webhook,
              Judge& judge) {
  const bool has_url = !webhook.url().empty();
  if (has_url == webhook.has_url_from()) {
    judge.Refuse(
        path,
        has_url ? "has both url and url_from" : "has neither url nor url_from",
        "write one of them; url_from where the URL is a secret");
    return;
  }
  if (webhook.has_url_from()) {
    CheckSecretRef(path + ".url_from", webhook.url_from(), judge);
    return;
  }
  // Not quoted: it may be a secret in the wrong place.
  const auto url = ParseWebhookUrl(webhook.url());
  if (!url.ok()) {
    judge.Refuse(path + ".url", std::string(url.status().message()), kUrlFix);
  }
}

void CheckSecrets(const std::string& path, const v1::Webhook& webhook,
                  Judge& judge) {
  const bool is_pagerduty = webhook.format() == v1::WEBHOOK_FORMAT_PAGERDUTY;
  if (webhook.has_routing_key()) {
    CheckSecretRef(path + ".routing_key", webhook.routing_key(), judge);
  }
  if (webhook.has_token()) {
    CheckSecretRef(path + ".token", webhook.token(), judge);
  }
  if (is_pagerduty && !webhook.has_routing_key()) {
    judge.Refuse(path + ".routing_key", "is missing",
                 "write {env: NAME} or {file: /path} of the integration key");
  }
  if (!is_pagerduty && webhook.has_routing_key()) {
    judge.Refuse(path + ".routing_key", "is for format pagerduty alone",
                 "write token, or format: pagerduty");
  }
  if (is_pagerduty && webhook.has_token()) {
    judge.Refuse(path + ".token", "is not for format pagerduty",
                 "remove it; PagerDuty takes routing_key");
  }
}

void CheckKinds(const std::string& path, const v1::Webhook& webhook,
                Judge& judge) {
  const std::vector<std::string> known(kAlertKinds.begin(), kAlertKinds.end());
  for (int i = 0; i < webhook.alerts_size(); ++i) {
    const std::string& kind = webhook.alerts(i);
    if (std::find(known.begin(), known.end(), kind) != known.end()) continue;
    judge.Refuse(At(path + ".alerts", i),
                 "there is no kind of alert " + Quote(kind),
                 Suggest(kind, "kinds", known));
  }
}

}  // namespace

void ValidateWebhooks(const v1::Resources& resources, Judge& judge) {
  std::map<std::string, std::string> seen;
  for (int i = 0; i < resources.webhooks_size(); ++i) {
    const std::string path = At("webhooks", i);
    const v1::Webhook& webhook = resources.webhooks(i);
    judge.CheckUniqueName(path + ".name", webhook.name(), seen);
    if (!v1::WebhookFormat_IsValid(webhook.format())) {
      judge.Refuse(path + ".format",
                   "is not known: " + std::to_string(webhook.format()),
                   "write json, slack or pagerduty");
    }
    CheckUrl(path, webhook, judge);
    CheckSecrets(path, webhook, judge);
    CheckKinds(path, webhook, judge);
  }
}

}  // namespace weir::config
