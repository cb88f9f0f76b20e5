#include "dataplane/attempt/outcome.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/retry_hint.h"
#include "dataplane/plan/breaker.h"
#include "dataplane/plan/credential.h"
#include "dataplane/plan/evidence.h"
#include "dataplane/plan/live_state.h"

namespace weir::dataplane {
namespace {

// How long a credential that was limited at a target lets others go first when
// the provider did not say.
constexpr absl::Duration kAvoided = absl::Seconds(5);

News NewsOf(const Breaker& before, const Breaker& after, absl::Time now) {
  const bool failed = before.consecutive_failures() > 0;
  const bool fails = after.consecutive_failures() > 0;
  return failed != fails || before.state(now) != after.state(now) ? News::kYes
                                                                  : News::kNo;
}

// nullptr where the configuration has lost it meanwhile.
CredentialLive* CredentialOf(const Asked& asked) {
  std::vector<CredentialLive>& all = asked.provider.credentials;
  return asked.credential < all.size() ? &all[asked.credential] : nullptr;
}

void OnAccepted(const Asked& asked) {
  CredentialLive* const credential = CredentialOf(asked);
  if (credential != nullptr && !credential->refused_because().empty()) {
    credential->OnAccepted();
  }
}

void Limit(const Asked& asked, const Failure& failure, absl::Time now) {
  Evidence& evidence = asked.target.ChangeEvidence();
  evidence.local_weight.OnRefused(now);
  auto& limits = evidence.limits;
  if (limits.size() <= asked.credential) limits.resize(asked.credential + 1);
  RateLimit& limit = limits[asked.credential];
  limit.avoided_until = now + failure.retry_after.value_or(kAvoided);
  if (failure.retry_after.has_value()) {
    limit.paused_until =
        std::max(limit.paused_until, now + *failure.retry_after);
  }
}

void CountHint(HintVerdict verdict, TargetCounters& counters) {
  if (verdict == HintVerdict::kIgnored) ++counters.hints_ignored;
  if (verdict == HintVerdict::kCapped) ++counters.hints_capped;
}

// Holds the failure against whom it is to blame on.
void Hold(const Asked& asked, const Failure& failure, absl::Time now) {
  TargetLive& target = asked.target;
  AttemptCounts& attempts = target.counters.attempts;
  Evidence& evidence = target.ChangeEvidence();
  if (failure.blame != Blame::kEndpoint) evidence.breaker.OnAbandoned();
  switch (failure.blame) {
    case Blame::kEndpoint:
      evidence.breaker.OnFailure(failure.stage == Stage::kConnect
                                     ? Breaker::Kind::kConnect
                                     : Breaker::Kind::kAnswer,
                                 now);
      ++attempts.endpoint_failures;
      return;
    case Blame::kRateLimited:
      Limit(asked, failure, now);
      ++attempts.rate_limited;
      return;
    case Blame::kCredential:
      if (CredentialLive* const credential = CredentialOf(asked)) {
        credential->OnRefused(failure.reason, now);
      }
      ++attempts.credential_failures;
      return;
    case Blame::kTarget:
      // Others first, without taking the only one out of use. A file that is
      // not there says nothing of the target.
      if (failure.no_such_model) evidence.local_weight.OnRefused(now);
      ++attempts.credential_failures;
      return;
    case Blame::kClient:
    case Blame::kNobody:
      ++attempts.cancelled;
      return;
  }
}

// The provider did its part. A breaker without failures has nothing to forget.
News OnDone(TargetLive& target) {
  if (target.evidence().breaker.consecutive_failures() == 0) return News::kNo;
  target.ChangeEvidence().breaker.OnSuccess();
  return News::kYes;
}

}  // namespace

News RecordBegin(const Asked& asked, absl::Duration latency) {
  asked.target.counters.latency.Add(latency);
  OnAccepted(asked);
  if (asked.target.evidence().breaker.closed()) return News::kNo;
  Breaker& breaker = asked.target.ChangeEvidence().breaker;
  breaker.OnBegun();
  return breaker.closed() ? News::kYes : News::kNo;
}

News RecordSuccess(const Asked& asked, absl::Time now) {
  TargetCounters& counters = asked.target.counters;
  ++counters.attempts.successes;
  counters.last_success = now;
  return OnDone(asked.target);
}

News RecordClientError(const Asked& asked) {
  ++asked.target.counters.attempts.client_errors;
  OnAccepted(asked);
  return OnDone(asked.target);
}

News RecordFailure(const Asked& asked, const Failure& failure, absl::Time now) {
  TargetLive& target = asked.target;
  CountHint(failure.hint, target.counters);
  if (failure.blame == Blame::kClient) return RecordClientError(asked);
  const Breaker before = target.evidence().breaker;
  if (failure.blame != Blame::kNobody) {
    target.counters.last_failure = now;
    target.counters.last_error = failure.reason;
  }
  Hold(asked, failure, now);
  return NewsOf(before, target.evidence().breaker, now);
}

}  // namespace weir::dataplane
