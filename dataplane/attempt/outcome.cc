#include "dataplane/attempt/outcome.h"

#include <cstddef>

#include "absl/time/time.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/plan/breaker.h"
#include "dataplane/plan/live_state.h"

namespace weir::dataplane {
namespace {

// Long enough not to hammer with a refused key, short enough to notice that it
// works again.
constexpr absl::Duration kCredentialBench = absl::Seconds(10);

News NewsOf(const Breaker& before, const Breaker& after, absl::Time now) {
  const bool failed = before.consecutive_failures() > 0;
  const bool fails = after.consecutive_failures() > 0;
  return failed != fails || before.state(now) != after.state(now) ? News::kYes
                                                                  : News::kNo;
}

// Holds the failure against whom it is to blame on.
void Hold(TargetLive& target, ProviderLive& provider, std::size_t credential,
          const Failure& failure, absl::Time now) {
  AttemptCounts& attempts = target.counters.attempts;
  switch (failure.blame) {
    case Blame::kEndpoint:
      target.breaker.OnFailure(failure.stage == Stage::kConnect
                                   ? Breaker::Kind::kConnect
                                   : Breaker::Kind::kAnswer,
                               now);
      ++attempts.endpoint_failures;
      return;
    case Blame::kRateLimited:
      target.breaker.OnAbandoned();
      target.local_weight.OnRateLimited(failure.retry_after, now);
      ++attempts.rate_limited;
      return;
    case Blame::kCredential:
      if (credential < provider.benched_until.size()) {
        provider.benched_until[credential] = now + kCredentialBench;
      }
      [[fallthrough]];
    case Blame::kTarget:
      target.breaker.OnAbandoned();
      ++attempts.credential_failures;
      return;
    case Blame::kNobody:
      target.breaker.OnAbandoned();
      ++attempts.cancelled;
      return;
  }
}

}  // namespace

News RecordSuccess(TargetLive& target, absl::Duration latency, absl::Time now) {
  const News news =
      target.breaker.consecutive_failures() > 0 ? News::kYes : News::kNo;
  target.breaker.OnSuccess();
  ++target.counters.attempts.successes;
  target.counters.latency.Add(latency);
  target.counters.last_success = now;
  return news;
}

News RecordClientError(TargetLive& target) {
  const News news =
      target.breaker.consecutive_failures() > 0 ? News::kYes : News::kNo;
  target.breaker.OnSuccess();
  ++target.counters.attempts.client_errors;
  return news;
}

News RecordFailure(TargetLive& target, ProviderLive& provider,
                   std::size_t credential, const Failure& failure,
                   absl::Time now) {
  const Breaker before = target.breaker;
  if (failure.blame != Blame::kNobody) {
    target.counters.last_failure = now;
    target.counters.last_error = failure.reason;
  }
  Hold(target, provider, credential, failure, now);
  return NewsOf(before, target.breaker, now);
}

}  // namespace weir::dataplane
