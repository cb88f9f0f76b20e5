#include "controlplane/health/fold.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/ids.h"
#include "common/latency_sketch.h"
#include "controlplane/health/evidence.h"
#include "controlplane/health/fleet_streak.h"
#include "controlplane/health/health.h"
#include "controlplane/health/outcome_window.h"
#include "controlplane/health/recent_attempts.h"

namespace weir::controlplane {
namespace {

// A provider that asks for more is asked again sooner: hints are often wrong.
constexpr absl::Duration kLongestPause = absl::Minutes(5);

void Remember(std::uint32_t success, ProbeStreak& streak) {
  constexpr std::uint32_t kMask = (1U << ProbeStreak::kRemembered) - 1;
  streak.recent = (streak.recent << 1 | success) & kMask;
  streak.recent_count =
      std::min(streak.recent_count + 1, ProbeStreak::kRemembered);
}

// What came of a node's attempts between two of its reports.
struct Growth {
  Outcomes outcomes;
  std::uint64_t client_errors = 0;
  // All attempts that ended, however.
  std::uint64_t requests = 0;
  LatencySketch latency;
};

// nullopt when a count went backwards.
std::optional<Growth> Between(const NodeTargetReport& earlier,
                              const NodeTargetReport& later) {
  if (later.successes < earlier.successes ||
      later.endpoint_failures < earlier.endpoint_failures ||
      later.credential_failures < earlier.credential_failures ||
      later.rate_limited < earlier.rate_limited ||
      later.client_errors < earlier.client_errors ||
      later.cancelled < earlier.cancelled) {
    return std::nullopt;
  }
  Growth growth;
  growth.outcomes.successes = later.successes - earlier.successes;
  growth.outcomes.endpoint_failures =
      later.endpoint_failures - earlier.endpoint_failures;
  growth.outcomes.credential_failures =
      later.credential_failures - earlier.credential_failures;
  growth.outcomes.rate_limited = later.rate_limited - earlier.rate_limited;
  growth.client_errors = later.client_errors - earlier.client_errors;
  growth.requests =
      growth.outcomes.successes + growth.outcomes.endpoint_failures +
      growth.outcomes.credential_failures + growth.outcomes.rate_limited +
      growth.client_errors + later.cancelled - earlier.cancelled;
  growth.latency = later.latency.Since(earlier.latency);
  return growth;
}

// A node's own word that its last attempt failed counts more than two ages.
void PutSuccessFirst(NodeSight& sight) {
  if (sight.counts.consecutive_failures == 0) return;
  sight.last_success =
      std::min(sight.last_success, sight.last_failure - absl::Nanoseconds(1));
}

absl::Time EndOfPause(const NodeTargetReport& report, absl::Time now) {
  if (!report.pause.has_value()) return absl::InfinitePast();
  return now + std::min(*report.pause, kLongestPause);
}

// A node's word that is not set against an earlier one. A streak that ended
// long ago is history.
void BeginSight(std::uint64_t boot_id, const NodeTargetReport& report,
                absl::Time now, NodeSight& sight) {
  sight = NodeSight{};
  sight.boot_id = boot_id;
  sight.counts = report;
  sight.reported_at = now;
  sight.paused_until = EndOfPause(report, now);
  if (report.since_success) sight.last_success = now - *report.since_success;
  if (report.since_failure) sight.last_failure = now - *report.since_failure;
  PutSuccessFirst(sight);
  if (report.consecutive_failures > 0 &&
      sight.last_failure > now - kTrafficMemory) {
    sight.streak.push_back(
        {sight.last_success, sight.last_failure, report.consecutive_failures});
  }
}

void ExtendStreak(const Outcomes& fresh, absl::Time began, NodeSight& sight) {
  if (fresh.successes > 0) sight.streak.clear();
  if (fresh.endpoint_failures == 0) return;
  const std::uint64_t count = std::min<std::uint64_t>(
      fresh.endpoint_failures, sight.counts.consecutive_failures);
  if (count == 0) return;
  std::vector<FailureRun>& streak = sight.streak;
  streak.push_back(
      {std::max(sight.last_success, began), sight.last_failure, count});
  if (streak.size() > NodeSight::kMaxRuns) {
    streak[1].began = streak[0].began;
    streak[1].count += streak[0].count;
    streak.erase(streak.begin());
  }
}

void UpdateSight(std::uint64_t boot_id, const NodeTargetReport& report,
                 const Outcomes& fresh, absl::Time now, NodeSight& sight) {
  const absl::Time began = sight.reported_at;
  if (sight.boot_id != boot_id) sight.streak.clear();
  sight.boot_id = boot_id;
  sight.counts = report;
  sight.reported_at = now;
  sight.paused_until = EndOfPause(report, now);
  if (fresh.endpoint_failures > 0) {
    sight.last_failure =
        now - report.since_failure.value_or(absl::ZeroDuration());
  }
  if (fresh.successes > 0) {
    sight.last_success =
        now - report.since_success.value_or(absl::ZeroDuration());
  }
  PutSuccessFirst(sight);
  ExtendStreak(fresh, began, sight);
  sight.recent.Add(now, {fresh.successes, fresh.endpoint_failures});
}

// Successes in a row, as far as counts without an order can tell: among s
// successes and f failures there is a run of at least s / (f + 1).
void CountTrafficStreak(const Outcomes& fresh, bool still_failing,
                        Health& health) {
  if (fresh.endpoint_failures == 0) {
    health.traffic_successes += fresh.successes;
    return;
  }
  health.traffic_successes =
      still_failing ? 0 : fresh.successes / (fresh.endpoint_failures + 1);
  // Real requests fail and none succeeds: the prober's row is broken too.
  if (fresh.successes == 0) health.probes.successes = 0;
}

void FoldGrowth(const std::string& region, const Growth& growth,
                const NodeSight& sight, absl::Time began,
                const Thresholds& thresholds, absl::Time now, Health& health) {
  const Outcomes& fresh = growth.outcomes;
  if (fresh != Outcomes{} || growth.client_errors > 0) health.last_news = now;
  if (fresh.successes > 0) {
    health.last_success = std::max(health.last_success, sight.last_success);
    health.last_service = std::max(health.last_service, sight.last_success);
  }
  if (fresh.endpoint_failures > 0) {
    health.last_failure = std::max(health.last_failure, sight.last_failure);
  }
  if (fresh.endpoint_failures + fresh.credential_failures > 0 &&
      !sight.counts.last_error.empty()) {
    health.last_error = sight.counts.last_error;
  }
  health.latency.AddTraffic(region, growth.latency, now);
  health.requests.Add(now, growth.requests);
  if (fresh.rate_limited > 0) health.rate_limit.OnLimited(now);
  if (fresh.successes > 0 && health.probes.failures > 0 &&
      began >= health.probes.failing_since &&
      sight.last_success > health.probes.failing_since) {
    health.vouched_at = std::max(health.vouched_at, sight.last_success);
  }
  // What began before the verdict belongs to neither side of it: a success
  // from before a death must not make the dead look alive, nor the reverse.
  if (began < health.verdict_since) return;
  health.traffic.Add(now, fresh);
  const bool still_failing =
      sight.counts.consecutive_failures >=
      static_cast<std::uint32_t>(thresholds.unhealthy_after);
  CountTrafficStreak(fresh, still_failing, health);
}

}  // namespace

void FoldProbe(const ProbeResult& result, const Thresholds& thresholds,
               absl::Time now, Health& health) {
  const absl::Status& status = result.status;
  ProbeStreak& streak = health.probes;
  streak.rate_limited = absl::IsResourceExhausted(status);
  streak.credential_refused = absl::IsUnauthenticated(status);
  health.last_news = now;
  if (!streak.rate_limited) Remember(status.ok() ? 1 : 0, streak);
  if (!status.ok()) health.last_error = std::string(status.message());
  if (status.ok() || streak.rate_limited) {
    streak.failures = 0;
    ++streak.successes;
  } else {
    if (streak.failures == 0) streak.failing_since = now;
    ++streak.failures;
    streak.successes = 0;
    health.last_failure = now;
  }
  if (status.ok()) {
    health.last_success = now;
    if (thresholds.probes == ProbeStrength::kService) health.last_service = now;
    health.latency.AddProbe(thresholds.probes, result.latency, now);
  }
  Judge(thresholds, now, health);
}

void FoldReport(const Reporter& reporter, const NodeTargetReport& report,
                const Thresholds& thresholds, absl::Time now, Health& health) {
  NodeSight& sight = health.nodes[reporter.node];
  const absl::Time began = sight.reported_at;
  const bool known = began != absl::InfinitePast();
  const bool rebooted = known && sight.boot_id != reporter.boot_id;
  std::optional<Growth> growth;
  if (known) {
    growth = Between(rebooted ? NodeTargetReport{} : sight.counts, report);
  }
  if (growth.has_value()) {
    UpdateSight(reporter.boot_id, report, growth->outcomes, now, sight);
    FoldGrowth(reporter.region, *growth, sight, began, thresholds, now, health);
  } else {
    BeginSight(reporter.boot_id, report, now, sight);
  }
  // Judging looks at every node. Good news of a target that is up can't change
  // the verdict, and is nearly all that comes.
  const bool bad_news = report.consecutive_failures > 0 ||
                        (growth && growth->outcomes.endpoint_failures > 0);
  if (bad_news || health.verdict != Verdict::kUp) {
    Judge(thresholds, now, health);
  }
}

void FoldSilence(const NodeId& node, absl::Time now, Health& health) {
  const auto found = health.nodes.find(node);
  if (found != health.nodes.end()) found->second.reported_at = now;
}

void ForgetNode(const NodeId& node, Health& health) {
  health.nodes.erase(node);
}

}  // namespace weir::controlplane
