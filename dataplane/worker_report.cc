#include "dataplane/worker_report.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/time/time.h"

namespace weir::dataplane {
namespace {

template <typename Key, typename Count>
void AddCounts(const std::map<Key, Count>& from, std::map<Key, Count>& into) {
  for (const auto& [key, count] : from) into[key] += count;
}

void Add(const AttemptCounts& from, AttemptCounts& into) {
  into.successes += from.successes;
  into.endpoint_failures += from.endpoint_failures;
  into.credential_failures += from.credential_failures;
  into.rate_limited += from.rate_limited;
  into.client_errors += from.client_errors;
  into.cancelled += from.cancelled;
}

// Open is worse than half-open, which is worse than closed.
int Badness(BreakerState state) {
  switch (state) {
    case BreakerState::kClosed:
      return 0;
    case BreakerState::kHalfOpen:
      return 1;
    case BreakerState::kOpen:
      return 2;
  }
  return 0;
}

void Add(const ModelCounters& from, ModelCounters& into) {
  AddCounts(from.requests, into.requests);
  into.latency.Merge(from.latency);
  into.first_token.Merge(from.first_token);
  into.hedges += from.hedges;
  into.hedges_won += from.hedges_won;
}

void Add(const UsageCounters& from, UsageCounters& into) {
  into.input += from.input;
  into.cached_input += from.cached_input;
  into.cache_writes += from.cache_writes;
  into.output += from.output;
  into.reasoning += from.reasoning;
  into.unbelievable += from.unbelievable;
  into.cost += from.cost;
  into.cache_savings += from.cache_savings;
}

}  // namespace

void Merge(const TargetCounters& from, TargetCounters& into) {
  Add(from.attempts, into.attempts);
  into.latency.Merge(from.latency);
  // Each worker counts its own run; the longest is what the target is capable
  // of. An empty optional is before every time.
  into.consecutive_failures =
      std::max(into.consecutive_failures, from.consecutive_failures);
  if (from.last_failure > into.last_failure || into.last_error.empty()) {
    into.last_error = from.last_error;
  }
  into.last_failure = std::max(into.last_failure, from.last_failure);
  into.last_success = std::max(into.last_success, from.last_success);
  into.in_flight += from.in_flight;
  if (Badness(from.breaker) > Badness(into.breaker)) {
    into.breaker = from.breaker;
  }
  // The less that is left, and the longer pause: each worker has its own last
  // answer, and the account is one.
  if (from.headroom.has_value()) {
    into.headroom = std::min(*from.headroom, into.headroom.value_or(1.0));
  }
  into.paused_until = std::max(into.paused_until, from.paused_until);
  into.hints_ignored += from.hints_ignored;
  into.hints_capped += from.hints_capped;
  into.connections_opened += from.connections_opened;
  into.connections_reused += from.connections_reused;
}

void Merge(const WorkerReport& from, WorkerReport& into) {
  for (const auto& [id, target] : from.targets) Merge(target, into.targets[id]);
  for (const auto& [name, model] : from.models) Add(model, into.models[name]);
  for (const auto& [key, usage] : from.usage) Add(usage, into.usage[key]);
  for (const auto& [labels, counts] : from.gen_ai) {
    into.gen_ai[labels].Merge(counts);
  }
  AddCounts(from.requests_without_model, into.requests_without_model);
  for (const auto& [provider, refused] : from.refused_credentials) {
    into.refused_credentials[provider].insert(refused.begin(), refused.end());
  }
  AddCounts(from.ignored_headers, into.ignored_headers);
  AddCounts(from.dropped_fields, into.dropped_fields);
  AddCounts(from.errors, into.errors);
  into.answers += from.answers;
  into.failed_answers += from.failed_answers;
  into.overhead.Merge(from.overhead);
  into.connections_accepted += from.connections_accepted;
  into.connections_refused += from.connections_refused;
  into.tls_handshake_failures += from.tls_handshake_failures;
  into.retries += from.retries;
  into.failovers += from.failovers;
  into.streams_completed += from.streams_completed;
  into.streams_broken += from.streams_broken;
  into.client_disconnects += from.client_disconnects;
  into.bytes_from_clients += from.bytes_from_clients;
  into.bytes_to_clients += from.bytes_to_clients;
  into.connections_open += from.connections_open;
  into.requests_in_flight += from.requests_in_flight;
  into.streams_in_flight += from.streams_in_flight;
  into.body_bytes_in_flight += from.body_bytes_in_flight;
  into.shed_share = std::max(into.shed_share, from.shed_share);
}

}  // namespace weir::dataplane
