#include "dataplane/plan/live_state.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "common/ids.h"
#include "dataplane/snapshot.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {
namespace {

TargetCounters CountersOf(const TargetLive& live, absl::Time now) {
  TargetCounters counters = live.counters;
  counters.breaker = live.breaker.state(now);
  counters.consecutive_failures = live.breaker.consecutive_failures();
  return counters;
}

}  // namespace

std::shared_ptr<const LiveState::View> LiveState::Align(
    const RoutingConfig& config) {
  auto view = std::make_shared<View>();
  view->targets.reserve(config.targets.size());
  for (const TargetEntry& target : config.targets) {
    std::unique_ptr<TargetLive>& live = targets_[target.id];
    if (live == nullptr) live = std::make_unique<TargetLive>();
    view->targets.push_back(live.get());
  }
  view->providers.reserve(config.providers.size());
  for (const ProviderEntry& provider : config.providers) {
    std::unique_ptr<ProviderLive>& live = providers_[provider.name];
    if (live == nullptr) live = std::make_unique<ProviderLive>();
    live->benched_until.resize(provider.credential_headers.size(),
                               absl::InfinitePast());
    view->providers.push_back(live.get());
  }
  return view;
}

void LiveState::AddTo(WorkerReport& report, absl::Time now) const {
  for (const auto& [id, live] : targets_) {
    report.targets.emplace(id, CountersOf(*live, now));
  }
  for (const auto& [name, live] : providers_) {
    const AttemptCounts& attempts = live->direct.counters.attempts;
    const bool used = attempts.successes + attempts.endpoint_failures +
                          attempts.credential_failures + attempts.rate_limited +
                          attempts.client_errors + attempts.cancelled >
                      0;
    if (used) {
      report.targets.emplace(MakeTargetId(name, ""),
                             CountersOf(live->direct, now));
    }
  }
}

std::size_t PickCredential(const ProviderLive& live, std::size_t count,
                           absl::Time now) {
  const std::size_t known = std::min(count, live.benched_until.size());
  std::size_t soonest = 0;
  for (std::size_t i = 0; i < known; ++i) {
    if (live.benched_until[i] <= now) return i;
    if (live.benched_until[i] < live.benched_until[soonest]) soonest = i;
  }
  return soonest;
}

absl::Time CredentialFreeAt(const ProviderLive& live) {
  if (live.benched_until.empty()) return absl::InfinitePast();
  return *std::min_element(live.benched_until.begin(),
                           live.benched_until.end());
}

}  // namespace weir::dataplane
