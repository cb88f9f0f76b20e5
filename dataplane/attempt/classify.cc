#include "dataplane/attempt/classify.h"

#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "common/concat.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/retry_hint.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane {
namespace {

// Work of this length is paid for and would take as long again; new-api and
// APISIX draw the line in the same place.
constexpr absl::Duration kLongWork = absl::Seconds(10);

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool SaysOutOfQuota(std::string_view body) {
  return Contains(body, "insufficient_quota") ||
         Contains(body, "billing_hard_limit_reached");
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

Failure ClassifyErrorEvent(std::string_view data) {
  Failure failure{.blame = Blame::kEndpoint,
                  .stage = Stage::kAnswering,
                  .reason = "error event in the stream",
                  .status = std::nullopt,
                  .retry_after = std::nullopt};
  if (SaysOutOfQuota(data)) {
    failure.blame = Blame::kCredential;
  } else if (Contains(data, "rate_limit")) {
    failure.blame = Blame::kRateLimited;
  }
  return failure;
}

}  // namespace weir::dataplane
