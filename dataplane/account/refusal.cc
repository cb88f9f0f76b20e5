#include "dataplane/account/refusal.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "common/concat.h"
#include "common/dialect/dialect.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/http1/characters.h"

namespace weir::dataplane {
namespace {

using dialect::ApiError;
using dialect::Dialect;

// When nothing says how long it will take.
constexpr absl::Duration kDefaultRetryAfter = absl::Seconds(1);

// What is said, and in whose words.
Refusal Make(const Dialect& dialect, const ApiError& error,
             std::optional<bool> should_retry,
             std::optional<absl::Duration> retry_after) {
  Refusal refusal;
  refusal.answer.status = error.status;
  refusal.answer.error_source = ErrorSource::kGateway;
  refusal.answer.should_retry = should_retry;
  refusal.answer.retry_after = retry_after;
  refusal.body = dialect.ErrorBody(error);
  refusal.code = std::string(error.code);
  return refusal;
}

Refusal NobodyToAsk(const Dialect& dialect, const NoAnswer& none,
                    absl::Time now) {
  if (none.at_capacity) {
    return Make(dialect,
                {503, "provider_at_capacity",
                 "Every provider of this model has as many requests as it "
                 "may."},
                true, kDefaultRetryAfter);
  }
  // Nothing that comes back later would help.
  if (none.untranslatable.has_value() &&
      none.next_chance == absl::InfiniteFuture()) {
    return Make(dialect, *none.untranslatable, false, std::nullopt);
  }
  const absl::Duration wait = none.next_chance == absl::InfiniteFuture()
                                  ? absl::Seconds(5)
                                  : none.next_chance - now;
  return Make(dialect,
              {503, "no_healthy_provider",
               "No provider of this model can take a request now."},
              true, wait);
}

// A provider's own words, when they are for the client.
std::optional<Refusal> ProvidersAnswer(const NoAnswer& none) {
  const Failure& failure = *none.failure;
  if (none.body.empty() || !failure.status.has_value() ||
      failure.blame == Blame::kCredential ||
      !http1::StartsWithIgnoringCase(none.content_type, "application/json")) {
    return std::nullopt;
  }
  Refusal refusal;
  refusal.answer.status = *failure.status;
  refusal.answer.error_source = ErrorSource::kProvider;
  // Everything was tried already; a limit passes.
  refusal.answer.should_retry = failure.blame == Blame::kRateLimited;
  if (failure.blame == Blame::kRateLimited) {
    refusal.answer.retry_after =
        failure.retry_after.value_or(kDefaultRetryAfter);
  }
  refusal.body = none.body;
  refusal.code = failure.blame == Blame::kRateLimited ? "provider_rate_limited"
                                                      : "provider_error";
  return refusal;
}

}  // namespace

std::string_view WordsForLog(const Refusal& refusal) {
  return refusal.answer.error_source == ErrorSource::kGateway
             ? std::string_view(refusal.body)
             : "in the provider's words";
}

Refusal RefusalOf(const ApiError& error, const Dialect& dialect) {
  const bool overloaded = error.status == 503;
  return Make(dialect, error, overloaded,
              overloaded ? std::optional(kDefaultRetryAfter) : std::nullopt);
}

Refusal RefusalOf(const ApiError& error, const Dialect& dialect,
                  absl::Duration retry_after) {
  return Make(dialect, error, true, retry_after);
}

Refusal RefusalOf(const NoAnswer& none, int attempts,
                  const std::string& provider, const Dialect& dialect,
                  absl::Time now) {
  if (!none.failure.has_value() || none.at_capacity) {
    return NobodyToAsk(dialect, none, now);
  }
  const Failure& failure = *none.failure;
  if (failure.short_of_files) {
    return Make(dialect,
                {503, "overloaded",
                 "This gateway has no descriptor left for a connection to a "
                 "provider."},
                true, kDefaultRetryAfter);
  }
  if (failure.blame == Blame::kNobody && !failure.timed_out) {
    return Make(dialect, {503, "shutting_down", "This gateway is going down."},
                true, kDefaultRetryAfter);
  }
  if (failure.blame == Blame::kNobody) {
    return Make(dialect,
                {504, "gateway_timeout",
                 Concat("The time that the request allowed is over, after ",
                        attempts, attempts == 1 ? " attempt." : " attempts.")},
                false, std::nullopt);
  }
  if (std::optional<Refusal> answer = ProvidersAnswer(none)) {
    return *std::move(answer);
  }
  const std::string story =
      Concat(attempts, attempts == 1 ? " attempt" : " attempts",
             " failed, the last at ", provider, ": ", failure.reason, ".");
  if (failure.blame == Blame::kCredential) {
    return Make(dialect, {502, "provider_credential_refused", story}, false,
                std::nullopt);
  }
  if (failure.blame == Blame::kRateLimited) {
    return Make(dialect, {429, "provider_rate_limited", story}, true,
                failure.retry_after.value_or(kDefaultRetryAfter));
  }
  if (failure.timed_out) {
    return Make(dialect, {504, "gateway_timeout", story}, false, std::nullopt);
  }
  return Make(dialect, {502, "provider_failed", story}, false, std::nullopt);
}

}  // namespace weir::dataplane
