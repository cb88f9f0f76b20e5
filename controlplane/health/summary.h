// A target's record, read at one moment: what scores, weights and operators are
// told of it.
#ifndef WEIR_CONTROLPLANE_HEALTH_SUMMARY_H_
#define WEIR_CONTROLPLANE_HEALTH_SUMMARY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "controlplane/health/health.h"
#include "controlplane/health/target_state.h"

namespace weir::controlplane {

struct HealthSummary {
  Verdict verdict = Verdict::kUnknown;
  bool auto_disabled = false;
  // No news for so long that nothing is known.
  bool stale = false;
  // Usable, and something is wrong: the prober is blind, a node fails where
  // others succeed, breakers are open, a rate limit, a pause or a refused
  // credential keeps all requests out.
  bool troubled = false;
  // The last probe's credential was refused.
  bool credential_refused = false;
  // Probes fail in a row and nodes succeed: it is the prober that is wrong.
  bool prober_blind = false;
  // A rate limit keeps probes, or all requests, out.
  bool rate_limited = false;
  // Successes among real attempts in the last minute and the last ten probes,
  // but at most since the target died or came back; 0 to 1. nullopt: nothing is
  // known.
  std::optional<double> success_rate;
  // There were failures, and fewer than would make it unhealthy.
  bool few_failures = false;
  // Moving average; then from the last half minute. nullopt: nothing is known.
  std::optional<absl::Duration> latency;
  std::optional<absl::Duration> p50;
  std::optional<absl::Duration> p95;
  // How many latencies the quantiles are made of.
  std::uint64_t latency_count = 0;
  // The latest ones, newest first, at most 10, and the average of the first 5.
  std::vector<absl::Duration> latest_latencies;
  std::optional<absl::Duration> latest_average;
  // As nodes of each region measured it lately.
  std::map<std::string, absl::Duration> latency_by_region;
  // What 429s and a brown-out leave of its weight, 0 to 1; 0 during a pause.
  double allowance = 1;
  // The smallest share of the provider's limits that any node was told of in
  // the last seconds, 0 to 1.
  std::optional<double> headroom;
  // Attempts that ended in the last minute.
  std::uint64_t requests_last_minute = 0;
  // The longer of the prober's and the nodes' row.
  std::uint32_t consecutive_failures = 0;
  std::uint32_t breakers_open = 0;
  std::string last_error;
  std::optional<absl::Time> last_success;
  std::optional<absl::Time> last_failure;
};

// Pure.
HealthSummary Summarize(const Health& health, const Thresholds& thresholds,
                        absl::Time now);

// Whether the next probe may turn the verdict, so that it should come soon: the
// first failures of a target that is up, the first successes of one that is
// down. Pure.
bool Turning(const Health& health, const Thresholds& thresholds);

// Whether latency alone makes the target unhealthy: its p95, or its median
// while there are too few latencies for a p95 to mean anything. Pure.
bool OverLatency(const HealthSummary& summary,
                 std::optional<absl::Duration> max_latency);

// What health alone calls the target. `usable_score` as in the policy; a target
// with `score` nullopt is not measured by it. Pure.
TargetState StateOf(const HealthSummary& summary, std::optional<double> score,
                    double usable_score,
                    std::optional<absl::Duration> max_latency);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_HEALTH_SUMMARY_H_
