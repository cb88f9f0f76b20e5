#include "dataplane/attempt/hedge.h"

#include <memory>
#include <optional>
#include <span>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "dataplane/plan/recent_latency.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

std::optional<Hedge> PlanHedge(const Request& request, const Candidate& first,
                               std::span<const Candidate> rest,
                               const LiveState::View& live, absl::Time now) {
  const std::optional<config::Hedge>& wish =
      ConfigOf(request).models[first.model].hedge;
  if (!first.target.has_value() || !wish.has_value() ||
      request.replay == Replay::kForbidden || rest.empty() ||
      rest.front().model != first.model) {
    return std::nullopt;
  }
  std::optional<absl::Duration> after = wish->after;
  if (!after.has_value()) {
    TargetLive& target = *live.targets[*first.target];
    if (target.recent_latency == nullptr) {
      target.recent_latency = std::make_unique<RecentLatency>();
    }
    after = target.recent_latency->P95(target.counters.latency, now);
  }
  if (!after.has_value()) return std::nullopt;
  return Hedge{rest.front(), *after};
}

}  // namespace weir::dataplane
