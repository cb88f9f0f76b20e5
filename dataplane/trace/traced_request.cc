#include "dataplane/trace/traced_request.h"

#include <cstddef>
#include <vector>

#include "dataplane/attempt/attempt_record.h"
#include "dataplane/plan/plan_record.h"
#include "dataplane/printable.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

std::vector<TracedAttempt> TracedAttemptsOf(const AttemptRecords& records,
                                            const RoutingConfig& config) {
  std::vector<TracedAttempt> attempts;
  attempts.reserve(records.items().size());
  for (const AttemptRecord& record : records.items()) {
    // A candidate at its limit, say: nobody was asked.
    if (record.span == 0) continue;
    const ProviderEntry& provider = config.providers[record.provider];
    TracedAttempt& attempt = attempts.emplace_back();
    attempt.span = record.span;
    attempt.began_at = record.began_at;
    attempt.took = record.took;
    attempt.provider = provider.name;
    if (record.target != kNoTarget) {
      attempt.upstream_model = config.targets[record.target].upstream_model;
    }
    attempt.host = provider.dial.url.host;
    attempt.port = provider.dial.url.port;
    attempt.dialect = provider.dialect;
    attempt.status = record.status;
    attempt.held_against = record.held_against;
    attempt.role = record.role;
    attempt.reason = Printable(record.reason.view());
  }
  return attempts;
}

std::size_t SpanCount(const TracedRequest& request) {
  return 1 + (request.plan.has_value() ? 1U : 0U) + request.attempts.size() +
         (request.relay_began_at.has_value() ? 1U : 0U);
}

}  // namespace weir::dataplane
