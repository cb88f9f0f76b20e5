#include "controlplane/rollout_watch.h"

#include <cstdint>
#include <string>
#include <vector>

#include "common/concat.h"
#include "common/config/alert_kind.h"
#include "controlplane/alert/event_log.h"

namespace weir::controlplane {

std::vector<Condition> RolloutConditions(const RolloutStatus& status) {
  if (status.phase != RolloutStatus::Phase::kHalted) return {};
  const std::uint64_t bad = status.candidate->revision;
  return {{std::string(config::alert_kind::kRolloutHalted), "config",
           Severity::kCritical, Onset::kAtOnce,
           Concat("revision ", bad,
                  " of the configuration is halted: ", status.reason,
                  "; nodes run revision ", status.standing.revision)}};
}

std::string EventKindOf(RolloutNews::Kind kind) {
  switch (kind) {
    case RolloutNews::Kind::kStarted:
      return event_kind::kRolloutStarted;
    case RolloutNews::Kind::kWave:
      return event_kind::kRolloutWave;
    case RolloutNews::Kind::kHalted:
      return event_kind::kRolloutHalted;
    case RolloutNews::Kind::kCompleted:
      return event_kind::kRolloutCompleted;
    case RolloutNews::Kind::kWithdrawn:
      return event_kind::kRolloutWithdrawn;
  }
  return event_kind::kRolloutWave;
}

void AddRolloutMetrics(const RolloutStatus& status, const RolloutCounts& counts,
                       ops::MetricPage& page) {
  using Phase = RolloutStatus::Phase;
  page.Gauge("weir_rollout_running", "1: a configuration is being rolled out.",
             {}, status.phase == Phase::kRolling ? 1 : 0);
  page.Gauge("weir_rollout_halted",
             "1: the registry's configuration was halted, and nodes run an "
             "earlier one.",
             {}, status.phase == Phase::kHalted ? 1 : 0);
  page.Gauge("weir_rollout_wave",
             "Wave of the one that is rolled out or was halted, from 1; 0: "
             "none has begun.",
             {}, status.wave);
  const char* kNodes = "Nodes that were given it, and those that took it.";
  page.Gauge("weir_rollout_nodes", kNodes, {{"state", "given"}},
             static_cast<double>(status.given));
  page.Gauge("weir_rollout_nodes", kNodes, {{"state", "took"}},
             static_cast<double>(status.took));
  page.Gauge("weir_rollout_standing_revision",
             "Revision of the registry that is the last good one.", {},
             static_cast<double>(status.standing.revision));
  const auto count = [&](const char* outcome, std::uint64_t value) {
    page.Counter("weir_rollouts_total", "Roll-outs by how they ended.",
                 {{"outcome", outcome}}, static_cast<double>(value));
  };
  count("completed", counts.completed);
  count("halted", counts.halted);
  count("withdrawn", counts.withdrawn);
}

}  // namespace weir::controlplane
