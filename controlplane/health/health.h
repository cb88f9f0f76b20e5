// The record of one target: what was seen, and what it was judged to be.
#ifndef WEIR_CONTROLPLANE_HEALTH_HEALTH_H_
#define WEIR_CONTROLPLANE_HEALTH_HEALTH_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/health/evidence.h"
#include "controlplane/health/latency_record.h"
#include "controlplane/health/outcome_window.h"
#include "controlplane/health/rate_limit.h"
#include "controlplane/health/recent_attempts.h"
#include "controlplane/health/request_rate.h"

namespace weir::controlplane {

// From the provider's health check and the policy.
struct Thresholds {
  // In a row; at least 1.
  int unhealthy_after = 3;
  int healthy_after = 5;
  // Share of failed attempts in ten seconds, over at least 20 of them.
  double error_rate_ceiling = 0.05;
  // Without news for longer than this, nothing is known of a target that was
  // well.
  absl::Duration stale_after = absl::Seconds(30);
  ProbeStrength probes = ProbeStrength::kService;
};

enum class Verdict {
  kUnknown,  // Nobody has seen it work or fail for good.
  kUp,
  // It answers cheap probes again after real traffic had failed there. A little
  // traffic is let through, because nothing else can prove it.
  kOnTrial,
  kDown,
};

enum class DownCause {
  kProbes,     // Nobody but the prober says so.
  kTraffic,    // Real requests failed in a row.
  kErrorRate,  // Too many of them failed.
};

// Probes, in their order.
struct ProbeStreak {
  // In a row; successes since the verdict last changed. One of them is 0.
  int failures = 0;
  int successes = 0;
  // Of the first of `failures`.
  absl::Time failing_since = absl::InfinitePast();
  // The latest up to kRemembered that succeeded or failed since the verdict
  // last changed, newest in the lowest bit; 1 is a success. A count and not a
  // time, so that one failure weighs the same whatever the interval.
  static constexpr int kRemembered = 10;
  std::uint32_t recent = 0;
  int recent_count = 0;
  // Of the last one: alive, and what was wrong nevertheless.
  bool rate_limited = false;
  bool credential_refused = false;
};

// Failures without a success between, some time in (began, ended].
struct FailureRun {
  absl::Time began;
  absl::Time ended;
  std::uint64_t count;
};

// The last word of one node, on our clock. absl::InfinitePast() is never.
struct NodeSight {
  std::uint64_t boot_id = 0;
  // Cumulative, as reported.
  NodeTargetReport counts;
  absl::Time reported_at = absl::InfinitePast();
  absl::Time last_success = absl::InfinitePast();
  absl::Time last_failure = absl::InfinitePast();
  // The provider asked this node to leave the target alone until then.
  absl::Time paused_until = absl::InfinitePast();
  // Its failures in a row, a run for each report that told of some; old ones
  // are put together beyond kMaxRuns.
  static constexpr std::size_t kMaxRuns = 8;
  std::vector<FailureRun> streak;
  RecentAttempts recent;
};

// Plain data, changed by fold.h only. Times are Clock::Now()'s; InfinitePast()
// is never. Not thread-safe.
struct Health {
  // What was seen.
  ProbeStreak probes;
  std::map<NodeId, NodeSight> nodes;
  OutcomeWindow traffic;
  LatencyRecord latency;
  RateLimit rate_limit;
  // Attempts that ended, at all nodes.
  RequestRate requests;
  absl::Time last_success = absl::InfinitePast();
  absl::Time last_failure = absl::InfinitePast();
  absl::Time last_news = absl::InfinitePast();
  // Success of a real request or a chat probe.
  absl::Time last_service = absl::InfinitePast();
  std::string last_error;

  // What was judged.
  Verdict verdict = Verdict::kUnknown;
  absl::Time verdict_since = absl::InfinitePast();
  DownCause cause = DownCause::kProbes;
  // So many probes failed in a row that it counts as switched off.
  bool auto_disabled = false;
  // Failures before this are forgiven.
  absl::Time streaks_from = absl::InfinitePast();
  // Real requests in a row that succeeded since the verdict.
  std::uint64_t traffic_successes = 0;
  // When a node last succeeded while probes were failing.
  absl::Time vouched_at = absl::InfinitePast();
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_HEALTH_HEALTH_H_
