// What one worker has seen and done, as plain numbers.
#ifndef WEIR_DATAPLANE_WORKER_REPORT_H_
#define WEIR_DATAPLANE_WORKER_REPORT_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/ids.h"
#include "common/latency_sketch.h"
#include "dataplane/bucket_counts.h"
#include "dataplane/gen_ai_counts.h"

namespace weir::dataplane {

enum class BreakerState { kClosed, kOpen, kHalfOpen };

// How an attempt ended, by whose doing.
struct AttemptCounts {
  std::uint64_t successes = 0;
  std::uint64_t endpoint_failures = 0;
  std::uint64_t credential_failures = 0;
  std::uint64_t rate_limited = 0;
  std::uint64_t client_errors = 0;
  std::uint64_t cancelled = 0;
};

// Of one worker and target.
struct TargetCounters {
  AttemptCounts attempts;
  // Time to the answer, or to a stream's first event, of those that had one.
  LatencySketch latency;
  std::uint32_t consecutive_failures = 0;
  std::string last_error;
  std::uint32_t in_flight = 0;
  BreakerState breaker = BreakerState::kClosed;
  // On Clock::Now().
  std::optional<absl::Time> last_success;
  std::optional<absl::Time> last_failure;
  // See TargetReport. The time is on Clock::Now().
  std::optional<double> headroom;
  std::optional<absl::Time> paused_until;
  // Retry hints that made no sense, and those that asked for too long.
  std::uint64_t hints_ignored = 0;
  std::uint64_t hints_capped = 0;
  std::uint64_t connections_opened = 0;
  std::uint64_t connections_reused = 0;
};

// What was seen of a target, which had an attempt since that was last said or
// is not what it is at rest.
struct TargetChange {
  TargetId id;
  TargetCounters counters;
};

// Upper bounds in seconds of ai_request_latency_seconds; dashboards rely on
// them.
inline constexpr std::array<double, 7> kLatencyBounds = {0.1, 0.25, 0.5, 1,
                                                         2.5, 5,    10};
// Of weir_time_to_first_token_seconds: those that OpenTelemetry's conventions
// advise for gen_ai.server.time_to_first_token, from 20 ms on, and a minute
// for models that think.
inline constexpr std::array<double, 13> kFirstTokenBounds = {
    0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10, 60};
// Of weir_overhead_seconds: around the 0.1 ms that a request costs.
inline constexpr std::array<double, 9> kOverheadBounds = {
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1};

struct ModelCounters {
  // By the status that the client got.
  std::map<int, std::uint64_t> requests;
  // To the answer, or to a stream's first event.
  BucketCounts<kLatencyBounds> latency;
  // Of streams alone, to their first event with content.
  BucketCounts<kFirstTokenBounds> first_token;
  // Requests that were sent to a second target beside a slow first, and those
  // of them that the second answered.
  std::uint64_t hedges = 0;
  std::uint64_t hedges_won = 0;
};

// What providers said of their work for one model.
struct UsageCounters {
  // Tokens. What was read from a cache and written to one is part of `input`,
  // `reasoning` of `output`.
  std::uint64_t input = 0;
  std::uint64_t cached_input = 0;
  std::uint64_t cache_writes = 0;
  std::uint64_t output = 0;
  std::uint64_t reasoning = 0;
  // Counts that were not believed.
  std::uint64_t unbelievable = 0;
  // US dollars, where the target has a price.
  double cost = 0;
  double cache_savings = 0;
};

// Cumulative since the worker started, but for what is called a gauge.
struct WorkerReport {
  std::map<TargetId, TargetCounters> targets;
  std::map<std::string, ModelCounters> models;
  // By provider and position in Provider.credentials: why it was refused since
  // it last worked.
  std::map<std::string, std::map<std::uint32_t, std::string>>
      refused_credentials;
  // By the name of the model that a target stands under (empty where the client
  // addressed the provider), and of the provider.
  std::map<std::pair<std::string, std::string>, UsageCounters> usage;
  std::map<GenAiLabels, GenAiCounts> gen_ai;

  // Requests that were answered, and those of them that got a 5xx.
  std::uint64_t answers = 0;
  std::uint64_t failed_answers = 0;
  // Requests that named no model or an unknown one, by status.
  std::map<int, std::uint64_t> requests_without_model;
  // Headers of clients that were ignored because of their value, by name.
  std::map<std::string, std::uint64_t> ignored_headers;
  // What translated requests left out, by our names for it.
  std::map<std::string, std::uint64_t> dropped_fields;
  // Failed by weir, by the stable code of the error.
  std::map<std::string, std::uint64_t> errors;
  // Time that weir itself took of requests that a provider answered, to the
  // first byte of the answer.
  BucketCounts<kOverheadBounds> overhead;
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0;
  // Clients that did not get as far as a request.
  std::uint64_t tls_handshake_failures = 0;
  std::uint64_t retries = 0;
  std::uint64_t failovers = 0;
  std::uint64_t streams_completed = 0;
  std::uint64_t streams_broken = 0;
  std::uint64_t client_disconnects = 0;
  std::uint64_t bytes_from_clients = 0;
  std::uint64_t bytes_to_clients = 0;

  // Gauges.
  std::uint32_t connections_open = 0;
  std::uint32_t requests_in_flight = 0;
  std::uint32_t streams_in_flight = 0;
  std::uint64_t body_bytes_in_flight = 0;
  // Of the requests that come, those refused for want of time: 0 to 1, the
  // highest of any worker.
  double shed_share = 0;
};

// Adds `from` to `into`: counts add up, the worse breaker and the later times
// win.
void Merge(const WorkerReport& from, WorkerReport& into);
void Merge(const TargetCounters& from, TargetCounters& into);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_WORKER_REPORT_H_
