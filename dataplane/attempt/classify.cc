#include "dataplane/attempt/classify.h"

#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "common/concat.h"
#include "dataplane/attempt/error_event.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/retry_hint.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane {
namespace {

// Work of this length is paid for and would take as long again; new-api and
// APISIX draw the line in the same place.
constexpr absl::Duration kLongWork = absl::Seconds(10);

std::string_view WithoutBlanksBehind(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? std::string_view()
                                        : text.substr(0, last + 1);
}

// Whether `value`, a JSON string with its quotes, stands as a `code` or `type`.
// Anywhere else it may be what the client wrote, quoted in its error, and a
// client must not get a credential benched; inside a string the quotes would be
// escaped.
bool HasCode(std::string_view body, std::string_view value) {
  for (std::size_t at = body.find(value); at != std::string_view::npos;
       at = body.find(value, at + 1)) {
    std::string_view before = WithoutBlanksBehind(body.substr(0, at));
    if (!before.ends_with(':')) continue;
    before.remove_suffix(1);
    before = WithoutBlanksBehind(before);
    if (before.ends_with(R"("code")") || before.ends_with(R"("type")")) {
      return true;
    }
  }
  return false;
}

bool SaysOutOfQuota(std::string_view body) {
  return HasCode(body, R"("insufficient_quota")") ||
         HasCode(body, R"("billing_hard_limit_reached")");
}

std::optional<Blame> BlameOf(int status, std::string_view body) {
  if (status >= 400 && SaysOutOfQuota(body)) return Blame::kCredential;
  switch (status) {
    case 401:
    case 402:
    case 403:
      return Blame::kCredential;
    case 404:
      return Blame::kTarget;
    case 429:
      return Blame::kRateLimited;
    case 408:
    case 425:
      return Blame::kEndpoint;
    default:
      break;
  }
  if (status >= 500 || (status >= 300 && status < 400 && status != 304)) {
    return Blame::kEndpoint;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Failure> ClassifyAnswer(const http1::ResponseHead& head,
                                      std::string_view body,
                                      absl::Duration took,
                                      absl::Time wall_now) {
  const std::optional<Blame> blame = BlameOf(head.status, body);
  if (!blame.has_value()) return std::nullopt;
  const bool gateway_timeout = head.status == 504 || head.status == 524;
  return Failure{.blame = *blame,
                 .stage = Stage::kAnswering,
                 .reason = Concat("HTTP ", head.status),
                 .status = head.status,
                 .retry_after = RetryHint(head, wall_now),
                 .after_long_work = gateway_timeout && took > kLongWork};
}

std::optional<Failure> ClassifyErrorEvent(std::string_view data) {
  const int status = StatusOfErrorEvent(data);
  const std::optional<Blame> blame = BlameOf(status, data);
  if (!blame.has_value()) return std::nullopt;
  return Failure{
      .blame = *blame,
      .stage = Stage::kAnswering,
      .reason = Concat("error event in the stream, like HTTP ", status),
      .status = std::nullopt,
      .retry_after = std::nullopt};
}

}  // namespace weir::dataplane
