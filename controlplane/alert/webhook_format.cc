#include "controlplane/alert/webhook_format.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "common/concat.h"
#include "common/dialect/dialect.h"
#include "common/sha256.h"

namespace weir::controlplane {
namespace {

using dialect::JsonString;

// PagerDuty's limits: a dedup_key has at most 255 characters, a summary 1024
// (developer.pagerduty.com/docs/send-alert-event).
constexpr std::size_t kMaxDedupKey = 255;
constexpr std::size_t kMaxSummary = 1024;

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

std::string Member(std::string_view name, std::string_view value) {
  return Concat("\"", name, "\":", JsonString(value));
}

// At most `size` bytes, whole letters.
std::string_view Cut(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (text[size] & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

// The fields of weir.admin.v1.Alert, named as there.
std::string Json(const Alert& alert) {
  std::string body = Concat(
      "{", Member("id", alert.id), ",", Member("kind", alert.kind), ",",
      Member("subject", alert.subject), ",", Member("summary", alert.summary),
      ",", Member("severity", SeverityName(alert.severity)), ",",
      Member("raised_at", TimeText(alert.raised_at)));
  if (alert.resolved_at.has_value()) {
    Append(body, ",", Member("resolved_at", TimeText(*alert.resolved_at)));
  }
  return body + "}";
}

// Slack takes these three for markup and wants nothing else escaped
// (api.slack.com/reference/surfaces/formatting#escaping).
std::string EscapeForSlack(const std::string& text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

std::string Slack(const Alert& alert) {
  std::string state = SeverityName(alert.severity);
  if (alert.resolved_at.has_value()) {
    const absl::Duration lasted = *alert.resolved_at - alert.raised_at;
    state = Concat("resolved after ",
                   absl::FormatDuration(absl::Trunc(lasted, absl::Seconds(1))));
  }
  return Concat("{",
                Member("text", Concat("[", state, "] ", alert.kind, ": ",
                                      EscapeForSlack(alert.summary))),
                "}");
}

// The same for the trigger and the resolve, whatever the subject's length.
std::string DedupKey(const Alert& alert) {
  if (alert.id.size() <= kMaxDedupKey) return alert.id;
  return Concat(alert.kind, ":", absl::BytesToHexString(Sha256(alert.id)));
}

// Events API v2: a resolve needs its routing_key and dedup_key alone, a trigger
// a payload with summary, source and severity
// (github.com/PagerDuty/api-schema, reference/events-v2/openapiv3.json).
std::string PagerDuty(const Alert& alert, std::string_view routing_key) {
  const bool resolves = alert.resolved_at.has_value();
  std::string body =
      Concat("{", Member("routing_key", routing_key), ",",
             Member("event_action", resolves ? "resolve" : "trigger"), ",",
             Member("dedup_key", DedupKey(alert)));
  if (!resolves) {
    Append(body, ",", Member("client", "weir"), ",\"payload\":{",
           Member("summary", Cut(alert.summary, kMaxSummary)), ",",
           Member("source", alert.subject), ",",
           Member("severity", SeverityName(alert.severity)), ",",
           Member("timestamp", TimeText(alert.raised_at)), ",",
           Member("class", alert.kind), "}");
  }
  return body + "}";
}

}  // namespace

std::string WebhookBody(config::v1::WebhookFormat format, const Alert& alert,
                        std::string_view routing_key) {
  switch (format) {
    case config::v1::WEBHOOK_FORMAT_SLACK:
      return Slack(alert);
    case config::v1::WEBHOOK_FORMAT_PAGERDUTY:
      return PagerDuty(alert, routing_key);
    default:
      return Json(alert);
  }
}

}  // namespace weir::controlplane
