#include "dataplane/plan/live_state.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/concat.h"
#include "common/config/effective.h"
#include "common/ids.h"
#include "dataplane/plan/breaker.h"
#include "dataplane/plan/candidate.h"
#include "dataplane/plan/credential.h"
#include "dataplane/plan/evidence.h"
#include "dataplane/snapshot.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {
namespace {

TargetCounters CountersOf(const TargetLive& live, absl::Time now) {
  TargetCounters counters = live.counters;
  const Evidence& evidence = live.evidence();
  counters.breaker = evidence.breaker.state(now);
  counters.consecutive_failures = evidence.breaker.consecutive_failures();
  counters.headroom = evidence.headroom.left(now);
  // While one of several credentials may ask, the target is not paused.
  absl::Time paused_until = absl::InfiniteFuture();
  for (const RateLimit& limit : evidence.limits) {
    paused_until = std::min(paused_until, limit.paused_until);
  }
  if (!evidence.limits.empty() && paused_until > now) {
    counters.paused_until = paused_until;
  }
  return counters;
}

BreakerParams ParamsOf(const config::Breaker& breaker) {
  return {.failures = static_cast<std::uint32_t>(breaker.failures),
          .recovery = breaker.recovery};
}

std::size_t PositionsOf(const ProviderEntry& provider) {
  std::size_t positions = 0;
  for (const CredentialEntry& credential : provider.credentials) {
    positions = std::max<std::size_t>(positions, credential.position + 1);
  }
  return positions;
}

void Align(const ProviderEntry& provider, ProviderLive& live) {
  // Shrinks as well: what is gone is not reported any more.
  live.credentials.resize(PositionsOf(provider));
  for (const CredentialEntry& credential : provider.credentials) {
    live.credentials[credential.position].OnIdentity(
        std::hash<std::string>()(credential.headers));
  }
}

void Align(const ProviderEntry& provider, TargetLive& live) {
  std::string endpoint = Concat(provider.host_header, provider.dial.url.path);
  if (live.endpoint != endpoint) {
    live.ChangeEvidence() = Evidence();
    live.standing = Standing::kUnknown;
    live.endpoint = std::move(endpoint);
  }
  Evidence& evidence = live.ChangeEvidence();
  evidence.breaker.SetParams(ParamsOf(provider.breaker));
  evidence.limits.resize(PositionsOf(provider));
}

// Whether a target's live state, aligned with `a`, is so with `b`.
bool AlignAlike(const ProviderEntry& a, const ProviderEntry& b) {
  return a.host_header == b.host_header && a.dial.url.path == b.dial.url.path &&
         a.breaker.failures == b.breaker.failures &&
         a.breaker.recovery == b.breaker.recovery &&
         PositionsOf(a) == PositionsOf(b);
}

// By ProviderIndex of `config`: whether nothing of the kind has changed.
std::vector<bool> UnchangedProviders(const RoutingConfig& config,
                                     const RoutingConfig& before) {
  std::vector<bool> unchanged;
  unchanged.reserve(config.providers.size());
  for (const ProviderEntry& provider : config.providers) {
    const auto old = before.provider_by_name.find(provider.name);
    unchanged.push_back(old != before.provider_by_name.end() &&
                        AlignAlike(provider, before.providers[old->second]));
  }
  return unchanged;
}

}  // namespace

TargetLive* LiveState::Find(const TargetId& id) {
  std::unique_ptr<TargetLive>& live = targets_[id];
  if (live == nullptr) {
    live = std::make_unique<TargetLive>();
    live->id = id;
    live->changes = &changed_;
    live->suspect = &suspect_.emplace_back(true);
    known_.push_back(live.get());
  }
  return live.get();
}

std::shared_ptr<const LiveState::View> LiveState::Align(
    const RoutingConfig& config, const std::optional<Aligned>& before) {
  auto view = std::make_shared<View>();
  view->targets.reserve(config.targets.size());
  view->suspect.reserve(config.targets.size());
  const std::vector<bool> unchanged =
      before.has_value() ? UnchangedProviders(config, before->config)
                         : std::vector<bool>(config.providers.size());
  // Where in the old config the next target stands, unless it is new.
  std::size_t next = 0;
  for (const TargetEntry& target : config.targets) {
    const auto is_at = [&](std::size_t place) {
      return before.has_value() && place < before->config.targets.size() &&
             before->config.targets[place].id == target.id;
    };
    // One may have been taken out.
    if (!is_at(next) && is_at(next + 1)) ++next;
    const bool known = is_at(next);
    TargetLive* const live =
        known ? before->view.targets[next++] : Find(target.id);
    if (!known || !unchanged[target.provider]) {
      dataplane::Align(config.providers[target.provider], *live);
    }
    view->targets.push_back(live);
    view->suspect.push_back(live->suspect);
  }
  view->providers.reserve(config.providers.size());
  for (const ProviderEntry& provider : config.providers) {
    std::unique_ptr<ProviderLive>& live = providers_[provider.name];
    if (live == nullptr) {
      live = std::make_unique<ProviderLive>();
      live->direct.id = MakeTargetId(provider.name, "");
      live->direct.changes = &changed_;
    }
    dataplane::Align(provider, *live);
    dataplane::Align(provider, live->direct);
    view->providers.push_back(live.get());
  }
  view->models.reserve(config.models.size());
  for (const ModelEntry& model : config.models) {
    std::unique_ptr<ModelLive>& live = models_[model.name];
    if (live == nullptr) live = std::make_unique<ModelLive>();
    view->models.push_back(live.get());
  }
  return view;
}

bool LiveState::AddTargetsTo(WorkerReport& report, absl::Time now,
                             std::size_t first, std::size_t count) const {
  const std::size_t end = std::min(first + count, known_.size());
  for (std::size_t i = first; i < end; ++i) {
    report.targets.emplace(known_[i]->id, CountersOf(*known_[i], now));
  }
  return end < known_.size();
}

std::vector<TargetLive*> LiveState::TakeChanged() {
  return std::exchange(changed_, {});
}

TargetChange LiveState::ChangeOf(TargetLive& target, absl::Time now) {
  target.changed = false;
  TargetChange change{target.id, CountersOf(target, now)};
  const TargetCounters& seen = change.counters;
  const bool at_rest =
      seen.in_flight == 0 && seen.breaker == BreakerState::kClosed &&
      !seen.headroom.has_value() && !seen.paused_until.has_value();
  if (!at_rest) target.NoteChange();
  return change;
}

void LiveState::AddRefusedTo(WorkerReport& report) const {
  for (const auto& [name, live] : providers_) {
    for (std::size_t i = 0; i < live->credentials.size(); ++i) {
      const std::string& why = live->credentials[i].refused_because();
      if (why.empty()) continue;
      report.refused_credentials[name].emplace(static_cast<std::uint32_t>(i),
                                               why);
    }
  }
}

void LiveState::AddProvidersTo(WorkerReport& report, absl::Time now) const {
  AddRefusedTo(report);
  for (const auto& [name, live] : providers_) {
    const AttemptCounts& attempts = live->direct.counters.attempts;
    const bool used = attempts.successes + attempts.endpoint_failures +
                          attempts.credential_failures + attempts.rate_limited +
                          attempts.client_errors + attempts.cancelled >
                      0;
    if (used) {
      report.targets.emplace(live->direct.id, CountersOf(live->direct, now));
    }
  }
}

void LiveState::OnWeights(const View& view, const RoutingWeights& weights,
                          absl::Time now, const RoutingWeights* before) {
  for (std::size_t i = 0; i < view.targets.size(); ++i) {
    const Standing said = weights.share[i].standing;
    if (said == Standing::kUnknown) continue;
    // What is far away in memory stays there.
    if (before != nullptr && before->share[i].standing == said) continue;
    TargetLive& live = *view.targets[i];
    if (live.standing == Standing::kUnhealthy && said == Standing::kUsable) {
      live.ChangeEvidence().breaker.OnVouched(now);
    }
    live.standing = said;
  }
  for (std::size_t i = 0; i < view.providers.size(); ++i) {
    const auto refused =
        RefusedCredentials(weights, static_cast<ProviderIndex>(i));
    std::vector<CredentialLive>& live = view.providers[i]->credentials;
    for (std::uint32_t position = 0; position < live.size(); ++position) {
      live[position].OnFleetSays(
          std::find(refused.begin(), refused.end(), position) != refused.end()
              ? CredentialLive::Word::kRefused
              : CredentialLive::Word::kNothing);
    }
  }
}

TargetLive& LiveOf(const Candidate& candidate, const LiveState::View& live) {
  return candidate.target.has_value()
             ? *live.targets[*candidate.target]
             : live.providers[candidate.provider]->direct;
}

CredentialPool PoolOf(const Snapshot& snapshot, ProviderIndex index,
                      const ProviderLive& provider, const TargetLive& target) {
  return {snapshot.config->providers[index].credentials,
          RefusedCredentials(*snapshot.weights, index), provider.credentials,
          target.evidence().limits};
}

}  // namespace weir::dataplane
