#include "dataplane/attempt/classify.h"

#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "common/concat.h"
#include "dataplane/attempt/error_body.h"
#include "dataplane/attempt/error_event.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/retry_hint.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane {
namespace {

// Work of this length is paid for and would take as long again; new-api and
// APISIX draw the line in the same place.
constexpr absl::Duration kLongWork = absl::Seconds(10);

std::optional<Blame> BlameOf(int status, ErrorKind kind) {
  // Accounts are empty by 400, 403, 429 and 500, as their providers like.
  if (status >= 400 && kind == ErrorKind::kCredential) {
    return Blame::kCredential;
  }
  switch (status) {
    case 400:
    case 413:
    case 422:
      if (kind == ErrorKind::kTooLong) return Blame::kClient;
      return std::nullopt;
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
  if (head.status < 300) return std::nullopt;
  const ErrorKind kind = KindOfError(body);
  const std::optional<Blame> blame = BlameOf(head.status, kind);
  if (!blame.has_value()) return std::nullopt;
  const RetryHint hint = ReadRetryHint(head, body, wall_now);
  const bool gateway_timeout = head.status == 504 || head.status == 524;
  return Failure{.blame = *blame,
                 .stage = Stage::kAnswering,
                 .reason = Concat("HTTP ", head.status),
                 .status = head.status,
                 .retry_after = hint.wait,
                 .hint = hint.verdict,
                 .after_long_work = gateway_timeout && took > kLongWork,
                 .no_such_model = kind == ErrorKind::kNoSuchModel,
                 .too_long = *blame == Blame::kClient};
}

std::optional<Failure> ClassifyErrorEvent(std::string_view data) {
  const int status = StatusOfErrorEvent(data);
  const ErrorKind kind = KindOfError(data);
  const std::optional<Blame> blame = BlameOf(status, kind);
  if (!blame.has_value()) return std::nullopt;
  return Failure{
      .blame = *blame,
      .stage = Stage::kAnswering,
      .reason = Concat("error event in the stream, like HTTP ", status),
      .status = std::nullopt,
      .retry_after = std::nullopt,
      .no_such_model = kind == ErrorKind::kNoSuchModel,
      .too_long = *blame == Blame::kClient};
}

}  // namespace weir::dataplane
