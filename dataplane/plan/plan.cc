#include "dataplane/plan/plan.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/plan/affinity.h"
#include "dataplane/plan/breaker.h"
#include "dataplane/plan/credential.h"
#include "dataplane/plan/evidence.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan_record.h"
#include "dataplane/plan/usable_targets.h"
#include "dataplane/plan/words.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {
namespace {

float SecondsOf(absl::Duration duration) {
  return static_cast<float>(std::max(0.0, absl::ToDoubleSeconds(duration)));
}

// The provider takes all of the credentials, as far as anybody knows.
bool NoneRefused(const ProviderLive& provider) {
  for (const CredentialLive& credential : provider.credentials) {
    if (credential.benched_until() != absl::InfinitePast()) return false;
  }
  return true;
}

// The provider takes none of the credentials, whatever they are used for.
bool AllRefused(const ProviderLive& provider, absl::Time now) {
  for (const CredentialLive& credential : provider.credentials) {
    if (credential.benched_until() <= now) return false;
  }
  return true;
}

class Planner {
 public:
  Planner(const Request& request, const LiveState::View& live, absl::Time now,
          PlanRecord* record)
      : config_(ConfigOf(request)),
        request_(request),
        shares_(SharesOf(request)),
        live_(live),
        now_(now),
        record_(record) {}

  void AddModel(ModelIndex index, double random, Plan& plan) const {
    const ModelEntry& model = config_.models[index];
    UsableTargets usable = Collect(model, plan);
    if (usable.size == 0) return;
    const std::optional<std::uint64_t> key = ConversationOf(model);
    if (key.has_value()) Score(*key, usable);
    std::optional<std::size_t> wants;
    if (key.has_value()) wants = MostWilling(usable, model.affinity->max_load);
    plan.by_affinity |= plan.empty() && wants.has_value();
    const std::size_t first =
        wants.has_value() ? *wants : PickFirst(usable, random);
    live_.targets[usable.items[first].target]->Prefetch();
    std::size_t place = 0;
    for (const std::size_t position : OrderOf(usable, first)) {
      const Usable& item = usable.items[position];
      Note(item.target, item.local_factor, Exclusion::kNone);
      if (++place > kMaxCandidatesOfModel) continue;
      plan.Add({config_.targets[item.target].provider, item.target, index});
    }
  }

 private:
  // Why no request like this may ever go to the target.
  Exclusion WhyNot(TargetIndex index) const {
    const TargetEntry& target = config_.targets[index];
    if (request_.provider.has_value()) {
      if (target.provider != *request_.provider) {
        return Exclusion::kOtherProvider;
      }
    } else if (!target.takes[static_cast<std::size_t>(request_.complexity)]) {
      return Exclusion::kComplexity;
    }
    if (WordsFor(request_, config_.providers[target.provider]) ==
        Words::kNone) {
      return Exclusion::kDialect;
    }
    return shares_[index].forbidden ? Exclusion::kForbidden : Exclusion::kNone;
  }

  void Note(TargetIndex target, double local_factor, Exclusion exclusion,
            absl::Duration left = absl::ZeroDuration()) const {
    if (record_ == nullptr) return;
    record_->Add(
        {.provider = config_.targets[target].provider,
         .target = target,
         .share = static_cast<float>(shares_[target].weight),
         .local_factor = static_cast<float>(local_factor),
         .seconds_left = exclusion == Exclusion::kNone ? 0 : SecondsOf(left),
         .rank = static_cast<std::uint16_t>(shares_[target].rank),
         .exclusion = exclusion});
  }

  // A target that is not asked now but may be from `free_at` on, as far as its
  // credentials are concerned.
  void Postpone(TargetIndex index, absl::Time free_at, Plan& plan) const {
    const TargetLive& live = *live_.targets[index];
    const absl::Time until =
        std::max(free_at, live.evidence().breaker.open_until());
    plan.next_chance = std::min(plan.next_chance, until);
    // The breaker of a target that is being probed is open without an end.
    Exclusion why = Exclusion::kBreakerOpen;
    if (free_at > now_ && free_at == until) {
      why = AllRefused(*live_.providers[config_.targets[index].provider], now_)
                ? Exclusion::kCredentialBenched
                : Exclusion::kPaused;
    }
    Note(index, LocalFactor(live.evidence(), now_), why, until - now_);
  }

  UsableTargets Collect(const ModelEntry& model, Plan& plan) const {
    UsableTargets usable;
    // All at once, instead of one miss after the other.
    const auto looked_at = std::min<std::size_t>(
        model.end_target, model.first_target + UsableTargets::kMax);
    for (std::size_t i = model.first_target; i < looked_at; ++i) {
      __builtin_prefetch(&config_.targets[i].provider);
    }
    for (TargetIndex i = model.first_target;
         i < model.end_target && usable.size < UsableTargets::kMax; ++i) {
      const TargetEntry& target = config_.targets[i];
      if (const Exclusion why = WhyNot(i); why != Exclusion::kNone) {
        Note(i, 1, why);
        plan.lacks_dialect |= why == Exclusion::kDialect;
        continue;
      }
      // Nearly always.
      if (!*live_.suspect[i] &&
          NoneRefused(*live_.providers[target.provider])) {
        Add(i, /*factor=*/1, BreakerState::kClosed, usable);
      } else {
        Examine(i, plan, usable);
      }
    }
    return usable;
  }

  // What this worker knows of a target decides.
  void Examine(TargetIndex index, Plan& plan, UsableTargets& usable) const {
    const ProviderIndex provider = config_.targets[index].provider;
    TargetLive& live = *live_.targets[index];
    const Evidence& evidence = live.evidence();
    *live.suspect = !IsClear(evidence, now_);
    const BreakerState state = evidence.breaker.state(now_);
    const absl::Time free_at = CredentialFreeAt(
        PoolOf(*request_.snapshot, provider, *live_.providers[provider], live));
    if (state == BreakerState::kOpen || free_at > now_) {
      Postpone(index, free_at, plan);
    } else {
      Add(index, LocalFactor(evidence, now_), state, usable);
    }
  }

  void Add(TargetIndex index, double factor, BreakerState state,
           UsableTargets& usable) const {
    const double weight = shares_[index].weight * factor;
    usable.items[usable.size++] = {index,
                                   weight,
                                   factor,
                                   shares_[index].rank,
                                   state == BreakerState::kHalfOpen,
                                   /*affinity=*/0};
    usable.total_weight += weight;
  }

  std::optional<std::uint64_t> ConversationOf(const ModelEntry& model) const {
    if (!model.affinity.has_value()) return std::nullopt;
    return model.affinity->by == config::v1::AFFINITY_KEY_PREFIX
               ? request_.conversation.by_prefix
               : request_.conversation.by_session;
  }

  void Score(std::uint64_t key, UsableTargets& usable) const {
    for (std::size_t i = 0; i < usable.size; ++i) {
      Usable& item = usable.items[i];
      item.affinity = AffinityScore(
          key, config_.targets[item.target].affinity_seed, item.weight);
    }
  }

  // The one that wants the conversation most, of those that are not overloaded
  // where there is one. Absent where none has weight, and while a target has
  // to be probed.
  std::optional<std::size_t> MostWilling(const UsableTargets& usable,
                                         double max_load) const {
    std::uint32_t in_flight = 0;
    for (std::size_t i = 0; i < usable.size; ++i) {
      if (usable.items[i].probe && usable.items[i].weight > 0) return {};
      in_flight += InFlightAt(usable.items[i]);
    }
    std::optional<std::size_t> best;
    bool best_is_overloaded = true;
    for (std::size_t i = 0; i < usable.size; ++i) {
      const Usable& item = usable.items[i];
      if (item.affinity <= 0) continue;
      const bool is_overloaded = IsOverloaded(
          {InFlightAt(item), in_flight, item.weight / usable.total_weight},
          max_load);
      const bool is_better = !best.has_value() ||
                             (best_is_overloaded && !is_overloaded) ||
                             (best_is_overloaded == is_overloaded &&
                              item.affinity > usable.items[*best].affinity);
      if (!is_better) continue;
      best = i;
      best_is_overloaded = is_overloaded;
    }
    return best;
  }

  std::uint32_t InFlightAt(const Usable& usable) const {
    return live_.targets[usable.target]->counters.in_flight;
  }

  const RoutingConfig& config_;
  const Request& request_;
  const std::vector<TargetShare>& shares_;
  const LiveState::View& live_;
  const absl::Time now_;
  PlanRecord* const record_;
};

// The client addressed the provider itself.
void AddDirect(const Request& request, const LiveState::View& live,
               absl::Time now, Plan& plan, PlanRecord* record) {
  const ProviderIndex provider = *request.provider;
  const Breaker& breaker = live.providers[provider]->direct.evidence().breaker;
  ConsideredTarget considered{.provider = provider,
                              .target = kNoTarget,
                              .share = 1,
                              .local_factor = 1,
                              .seconds_left = 0,
                              .rank = 0,
                              .exclusion = Exclusion::kNone};
  const ProviderEntry& entry = ConfigOf(request).providers[provider];
  if (!entry.unusable_because.empty()) {
    considered.exclusion = Exclusion::kForbidden;
  } else if (WordsFor(request, entry) != Words::kOwn) {
    considered.exclusion = Exclusion::kDialect;
    plan.lacks_dialect = true;
  } else if (breaker.state(now) == BreakerState::kOpen) {
    plan.next_chance = breaker.open_until();
    considered.exclusion = Exclusion::kBreakerOpen;
    considered.seconds_left = SecondsOf(plan.next_chance - now);
  } else {
    plan.Add({provider, std::nullopt});
  }
  if (record != nullptr) record->Add(considered);
}

// The models whose targets a request tries, in order, each once.
class ModelOrder {
 public:
  explicit ModelOrder(const Request& request)
      : config_(ConfigOf(request)), request_(request) {
    const ModelEntry& asked = config_.models[*request.model];
    if (asked.mode == config::v1::MODE_ENABLED) Serve(*request.model);
    AddFallbacks(asked);
  }

  std::span<const ModelIndex> models() const { return {models_.data(), size_}; }

 private:
  // `model`, or the one that serves such a request in its place, with what that
  // one falls back to.
  void Serve(ModelIndex model) {
    const auto route = RouteOf(model);
    if (!route.has_value()) return Add(model);
    if (config_.models[*route].mode == config::v1::MODE_ENABLED) Add(*route);
    AddFallbacks(config_.models[*route]);
  }

  void AddFallbacks(const ModelEntry& model) {
    for (const ModelIndex fallback : model.fallback) {
      if (config_.models[fallback].mode != config::v1::MODE_ENABLED) continue;
      const auto route = RouteOf(fallback);
      if (!route.has_value()) {
        Add(fallback);
      } else if (config_.models[*route].mode == config::v1::MODE_ENABLED) {
        Add(*route);
      }
    }
  }

  // A client that addresses a provider has chosen already.
  std::optional<ModelIndex> RouteOf(ModelIndex model) const {
    if (request_.provider.has_value()) return std::nullopt;
    return config_.models[model]
        .route[static_cast<std::size_t>(request_.complexity)];
  }

  void Add(ModelIndex model) {
    const auto end = models_.begin() + static_cast<std::ptrdiff_t>(size_);
    if (size_ == models_.size() ||
        std::find(models_.begin(), end, model) != end) {
      return;
    }
    models_[size_++] = model;
  }

  const RoutingConfig& config_;
  const Request& request_;
  // More than have room in a plan.
  std::array<ModelIndex, kMaxCandidates> models_;
  std::size_t size_ = 0;
};

}  // namespace

Plan MakePlan(const Request& request, const LiveState::View& live,
              absl::Time now, double random, PlanRecord* record) {
  Plan plan;
  if (!request.model.has_value()) {
    AddDirect(request, live, now, plan, record);
    return plan;
  }
  const Planner planner(request, live, now, record);
  const ModelOrder order(request);
  for (const ModelIndex model : order.models()) {
    planner.AddModel(model, random, plan);
  }
  return plan;
}

}  // namespace weir::dataplane
