#include "controlplane/health/summary.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <numeric>
#include <optional>

#include "absl/time/time.h"
#include "common/latency_sketch.h"
#include "controlplane/health/fleet_streak.h"
#include "controlplane/health/health.h"
#include "controlplane/health/latency_record.h"
#include "controlplane/health/outcome_window.h"
#include "controlplane/health/target_state.h"

namespace weir::controlplane {
namespace {

// A p95 of fewer latencies is just their maximum.
constexpr std::uint64_t kP95Minimum = 20;

// How many of the latest latencies are averaged for operators.
constexpr std::ptrdiff_t kAveraged = 5;

std::optional<absl::Time> IfEver(absl::Time time) {
  if (time == absl::InfinitePast()) return std::nullopt;
  return time;
}

struct Tally {
  std::uint64_t good = 0;
  std::uint64_t bad = 0;
};

Tally CountOutcomes(const Health& health, const Thresholds& thresholds,
                    absl::Time now) {
  const Outcomes real = health.traffic.Within(OutcomeWindow::kSpan, now);
  Tally tally{real.successes, real.endpoint_failures};
  const bool real_known = tally.good + tally.bad > 0;
  // Cheap probes say something only where nothing better is known.
  if (thresholds.probes == ProbeStrength::kService || !real_known) {
    const auto good =
        static_cast<std::uint64_t>(std::popcount(health.probes.recent));
    tally.good += good;
    tally.bad += static_cast<std::uint64_t>(health.probes.recent_count) - good;
  }
  return tally;
}

double SuccessRate(const Tally& tally, Verdict verdict) {
  if (tally.good + tally.bad == 0) return verdict == Verdict::kDown ? 0 : 1;
  return static_cast<double>(tally.good) /
         static_cast<double>(tally.good + tally.bad);
}

bool SomeNodeFails(const Health& health, const Thresholds& thresholds,
                   absl::Time now) {
  const auto many = static_cast<std::uint32_t>(thresholds.unhealthy_after);
  return std::ranges::any_of(health.nodes, [&](const auto& entry) {
    const NodeSight& node = entry.second;
    return node.counts.consecutive_failures >= many &&
           node.last_failure >
               std::max(now - kTrafficMemory, health.streaks_from);
  });
}

bool IsPaused(const Health& health, absl::Time now) {
  return std::ranges::any_of(health.nodes, [&](const auto& entry) {
    return entry.second.paused_until > now;
  });
}

// A node that reports no more of the target knows no more of it.
std::optional<double> Headroom(const Health& health, absl::Time now) {
  std::optional<double> smallest;
  for (const auto& [id, node] : health.nodes) {
    const std::optional<double>& headroom = node.counts.headroom;
    if (!headroom || node.reported_at <= now - kTrafficMemory) continue;
    smallest = std::min(smallest.value_or(1), *headroom);
  }
  return smallest;
}

void SummarizeLatency(const Health& health, absl::Time now,
                      HealthSummary& summary) {
  summary.latency = health.latency.Average(now);
  const LatencySketch recent = health.latency.Recent(now);
  summary.p50 = recent.Quantile(0.5);
  summary.p95 = recent.Quantile(0.95);
  summary.latency_count = recent.count();
  const std::deque<absl::Duration>& latest = health.latency.latest();
  summary.latest_latencies.assign(latest.begin(), latest.end());
  if (!latest.empty()) {
    const auto averaged =
        std::min<std::ptrdiff_t>(kAveraged, std::ssize(latest));
    summary.latest_average =
        std::accumulate(latest.begin(), latest.begin() + averaged,
                        absl::ZeroDuration()) /
        averaged;
  }
  summary.latency_by_region = health.latency.ByRegion(now);
}

bool Troubled(const Health& health, const Thresholds& thresholds,
              std::uint32_t breakers_open, absl::Time now) {
  if (SomeNodeFails(health, thresholds, now)) return true;
  if (breakers_open > 0 || health.probes.rate_limited ||
      IsPaused(health, now) ||
      health.probes.failures >= thresholds.unhealthy_after) {
    return true;
  }
  const Outcomes recent = health.traffic.Within(kTrafficMemory, now);
  return recent.successes == 0 &&
         recent.credential_failures + recent.rate_limited > 0;
}

bool RateLimited(const Health& health, absl::Time now) {
  if (health.probes.rate_limited) return true;
  const Outcomes recent = health.traffic.Within(kTrafficMemory, now);
  return recent.successes == 0 && recent.rate_limited > 0;
}

}  // namespace

HealthSummary Summarize(const Health& health, const Thresholds& thresholds,
                        absl::Time now) {
  HealthSummary summary;
  summary.verdict = health.verdict;
  summary.auto_disabled = health.auto_disabled;
  summary.stale = now - health.last_news > thresholds.stale_after;
  for (const auto& [id, node] : health.nodes) {
    if (node.counts.breaker_open) ++summary.breakers_open;
  }
  summary.troubled = Troubled(health, thresholds, summary.breakers_open, now);
  summary.credential_refused = health.probes.credential_refused;
  summary.prober_blind = health.verdict != Verdict::kDown &&
                         health.probes.failures >= thresholds.unhealthy_after;
  summary.rate_limited = RateLimited(health, now);
  if (!summary.stale) {
    const Tally tally = CountOutcomes(health, thresholds, now);
    summary.success_rate = SuccessRate(tally, health.verdict);
    summary.few_failures =
        tally.bad > 0 &&
        tally.bad < static_cast<std::uint64_t>(thresholds.unhealthy_after);
    SummarizeLatency(health, now, summary);
  }
  summary.allowance =
      IsPaused(health, now)
          ? 0
          : health.rate_limit.Factor(now) * health.latency.BrownOutFactor(now);
  summary.headroom = Headroom(health, now);
  summary.requests_last_minute = health.requests.LastMinute(now);
  summary.consecutive_failures = static_cast<std::uint32_t>(
      std::max(health.probes.failures, FleetFailuresInARow(health, now)));
  summary.last_error = health.last_error;
  summary.last_success = IfEver(health.last_success);
  summary.last_failure = IfEver(health.last_failure);
  return summary;
}

bool Turning(const Health& health, const Thresholds& thresholds) {
  if (health.verdict == Verdict::kDown) return health.probes.successes > 0;
  return health.probes.failures > 0 &&
         health.probes.failures < thresholds.unhealthy_after;
}

bool OverLatency(const HealthSummary& summary,
                 std::optional<absl::Duration> max_latency) {
  if (!max_latency.has_value()) return false;
  const std::optional<absl::Duration> measured =
      summary.latency_count >= kP95Minimum ? summary.p95 : summary.p50;
  return measured.has_value() && *measured > *max_latency;
}

TargetState StateOf(const HealthSummary& summary, std::optional<double> score,
                    double usable_score,
                    std::optional<absl::Duration> max_latency) {
  if (summary.verdict == Verdict::kDown) {
    return summary.auto_disabled ? TargetState::kAutoDisabled
                                 : TargetState::kUnhealthy;
  }
  if (OverLatency(summary, max_latency)) return TargetState::kUnhealthy;
  // One failed probe of two is half of all, and still only one.
  if (score.has_value() && *score <= usable_score && !summary.few_failures) {
    return TargetState::kUnhealthy;
  }
  if (summary.verdict == Verdict::kOnTrial) return TargetState::kDegraded;
  if (summary.verdict == Verdict::kUnknown || summary.stale) {
    return TargetState::kUnknown;
  }
  return summary.troubled ? TargetState::kDegraded : TargetState::kHealthy;
}

}  // namespace weir::controlplane
