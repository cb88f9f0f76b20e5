// The rules by which evidence becomes a verdict (docs/architecture.md,
// Health).
//
//   unknown --- any success ----------------------------------------> up
//   any ------- requests fail in a row, or too many of them, and not at one
//               node only -----------------------------------------> down
//   any ------- probes fail in a row, no node vouches --------------> down
//   down ------ chat probes succeed in a row -----------------------> up
//   down ------ real requests succeed in a row ---------------------> up
//   down ------ cheap probes succeed in a row, and only probes
//               had failed -----------------------------------------> up
//   down ------ cheap probes succeed in a row, after real requests
//               had failed -----------------------------------------> on trial
//   down ------ only probes had failed, and a node vouches ---------> up
//   on trial -- real requests succeed in a row ---------------------> up
//
// Where requests failed at too high a rate, requests in a row prove nothing:
// at a rate of one in ten there is always such a row. Probes do.

#include <algorithm>
#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "controlplane/health/fleet_streak.h"
#include "controlplane/health/fold.h"
#include "controlplane/health/health.h"
#include "controlplane/health/outcome_window.h"
#include "controlplane/health/recent_attempts.h"

namespace weir::controlplane {
namespace {

constexpr absl::Duration kErrorWindow = absl::Seconds(10);
// Fewer attempts than this have no rate.
constexpr std::uint64_t kErrorMinimum = 20;

bool HaveRate(const Attempts& attempts) {
  return attempts.count() >= kErrorMinimum;
}

bool OverCeiling(const Attempts& attempts, double ceiling) {
  return static_cast<double>(attempts.failures) >
         ceiling * static_cast<double>(attempts.count());
}

// Whether the other nodes fare well without the one that has most failures:
// then it is that node's own network, and no reason to take the target from
// all.
bool OneNodesTrouble(double ceiling, absl::Time now, const Health& health) {
  Attempts all;
  Attempts worst;
  for (const auto& [id, node] : health.nodes) {
    const Attempts attempts = node.recent.At(now);
    all.successes += attempts.successes;
    all.failures += attempts.failures;
    if (attempts.failures > worst.failures) worst = attempts;
  }
  const Attempts others{all.successes - worst.successes,
                        all.failures - worst.failures};
  return HaveRate(others) && !OverCeiling(others, ceiling);
}

bool TooManyErrors(const Thresholds& thresholds, absl::Time now,
                   const Health& health) {
  const Outcomes recent = health.traffic.Within(kErrorWindow, now);
  const Attempts attempts{recent.successes, recent.endpoint_failures};
  const double ceiling = thresholds.error_rate_ceiling;
  return HaveRate(attempts) && OverCeiling(attempts, ceiling) &&
         !OneNodesTrouble(ceiling, now, health);
}

// Nodes succeed where probes fail: it is the prober that is blind.
bool NodesVouch(absl::Time now, const Health& health) {
  return health.vouched_at > health.probes.failing_since &&
         now - health.vouched_at <= kTrafficMemory;
}

std::optional<DownCause> WhyDown(const Thresholds& thresholds, absl::Time now,
                                 const Health& health) {
  if (FleetFailuresInARow(health, now) >= thresholds.unhealthy_after) {
    return DownCause::kTraffic;
  }
  if (TooManyErrors(thresholds, now, health)) return DownCause::kErrorRate;
  if (health.probes.failures >= thresholds.unhealthy_after &&
      !NodesVouch(now, health)) {
    return DownCause::kProbes;
  }
  return std::nullopt;
}

bool ProbesProveService(const Thresholds& thresholds, const Health& health) {
  return thresholds.probes == ProbeStrength::kService &&
         !health.probes.rate_limited;
}

std::optional<Verdict> Recovery(const Thresholds& thresholds, absl::Time now,
                                const Health& health) {
  if (health.probes.successes >= thresholds.healthy_after) {
    return ProbesProveService(thresholds, health) ||
                   health.cause == DownCause::kProbes
               ? Verdict::kUp
               : Verdict::kOnTrial;
  }
  if (health.cause != DownCause::kErrorRate &&
      health.traffic_successes >=
          static_cast<std::uint64_t>(thresholds.healthy_after)) {
    return Verdict::kUp;
  }
  if (health.cause == DownCause::kProbes && NodesVouch(now, health)) {
    return Verdict::kUp;
  }
  return std::nullopt;
}

bool PassedTrial(const Thresholds& thresholds, const Health& health) {
  const int needed = thresholds.healthy_after;
  return health.traffic_successes >= static_cast<std::uint64_t>(needed) ||
         (ProbesProveService(thresholds, health) &&
          health.probes.successes >= needed);
}

// A new verdict counts anew. The windows begin again whenever a target dies or
// comes back, so that its success rate, and with it its score, is that of the
// life it leads now: it is at full score as soon as it is healthy again, and
// not a minute later when the failures have left the windows.
void Turn(Verdict to, absl::Time now, Health& health) {
  if (to == Verdict::kDown || health.verdict == Verdict::kDown) {
    health.traffic.Clear();
    health.probes.recent = 0;
    health.probes.recent_count = 0;
  }
  health.verdict = to;
  health.verdict_since = now;
  health.probes.successes = 0;
  health.traffic_successes = 0;
  if (to != Verdict::kDown) {
    health.streaks_from = now;
    health.auto_disabled = false;
  }
}

void JudgeTheDown(const Thresholds& thresholds, absl::Time now,
                  Health& health) {
  if (const auto recovered = Recovery(thresholds, now, health)) {
    Turn(*recovered, now, health);
    return;
  }
  if (health.cause == DownCause::kProbes &&
      FleetFailuresInARow(health, now) >= thresholds.unhealthy_after) {
    health.cause = DownCause::kTraffic;
  }
  if (health.probes.failures >=
      std::max(kAutoDisableAfter, thresholds.unhealthy_after)) {
    health.auto_disabled = true;
  }
}

}  // namespace

void Judge(const Thresholds& thresholds, absl::Time now, Health& health) {
  if (health.verdict == Verdict::kDown) {
    JudgeTheDown(thresholds, now, health);
    return;
  }
  if (const auto cause = WhyDown(thresholds, now, health)) {
    Turn(Verdict::kDown, now, health);
    health.cause = *cause;
    JudgeTheDown(thresholds, now, health);
    return;
  }
  if (health.verdict == Verdict::kUnknown &&
      (health.last_success != absl::InfinitePast() ||
       health.probes.rate_limited)) {
    Turn(Verdict::kUp, now, health);
  }
  if (health.verdict == Verdict::kOnTrial && PassedTrial(thresholds, health)) {
    Turn(Verdict::kUp, now, health);
  }
}

}  // namespace weir::controlplane
