#include "dataplane/plan/plan.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {
namespace {

// A target that may be asked now.
struct Usable {
  TargetIndex target;
  double weight;  // The effective one.
  std::uint32_t rank;
  bool probe;  // Half-open.
};

// Enough for any sensible model; targets beyond are left out of this request,
// beginning with the last in the file.
constexpr std::size_t kMaxTargets = 64;

struct UsableTargets {
  std::array<Usable, kMaxTargets> items;
  std::size_t size = 0;
  double total_weight = 0;
};

class Planner {
 public:
  Planner(const Request& request, const LiveState::View& live, absl::Time now)
      : config_(ConfigOf(request)),
        shares_(request.snapshot->weights->share),
        only_(request.provider),
        live_(live),
        now_(now) {}

  void AddModel(const ModelEntry& model, double random, Plan& plan) const {
    UsableTargets usable = Collect(model, plan);
    const std::size_t first = PickFirst(usable, random);
    if (usable.size == 0) return;
    AddTarget(usable.items[first].target, plan);
    std::swap(usable.items[first], usable.items[0]);
    std::sort(usable.items.begin() + 1, usable.items.begin() + usable.size,
              [](const Usable& a, const Usable& b) {
                // What the control plane gives no weight comes last.
                if ((a.weight > 0) != (b.weight > 0)) return a.weight > 0;
                return a.rank != b.rank ? a.rank < b.rank : a.target < b.target;
              });
    for (std::size_t i = 1; i < usable.size; ++i) {
      AddTarget(usable.items[i].target, plan);
    }
  }

 private:
  void AddTarget(TargetIndex target, Plan& plan) const {
    plan.Add({config_.targets[target].provider, target});
  }

  UsableTargets Collect(const ModelEntry& model, Plan& plan) const {
    UsableTargets usable;
    for (TargetIndex i = model.first_target;
         i < model.end_target && usable.size < kMaxTargets; ++i) {
      const TargetEntry& target = config_.targets[i];
      if (only_.has_value() && target.provider != *only_) continue;
      if (shares_[i].forbidden) continue;
      const TargetLive& live = *live_.targets[i];
      const BreakerState state = live.breaker.state(now_);
      const absl::Time free_at =
          std::max(live.local_weight.paused_until(),
                   CredentialFreeAt(*live_.providers[target.provider]));
      if (state == BreakerState::kOpen || free_at > now_) {
        plan.next_chance = std::min(
            plan.next_chance, std::max(free_at, live.breaker.open_until()));
        continue;
      }
      const double weight = shares_[i].weight * live.local_weight.factor(now_);
      usable.items[usable.size++] = {i, weight, shares_[i].rank,
                                     state == BreakerState::kHalfOpen};
      usable.total_weight += weight;
    }
    return usable;
  }

  static std::size_t PickFirst(const UsableTargets& usable, double random) {
    std::size_t best = 0;
    double left = random * usable.total_weight;
    bool picked = false;
    for (std::size_t i = 0; i < usable.size; ++i) {
      const Usable& item = usable.items[i];
      if (item.probe && item.weight > 0) return i;
      if (picked) continue;
      if (usable.total_weight > 0) {
        left -= item.weight;
        // Rounding must not leave the last one with weight unpicked.
        if (item.weight > 0) best = i;
        picked = left < 0 && item.weight > 0;
      } else if (item.rank < usable.items[best].rank) {
        best = i;
      }
    }
    return best;
  }

  const RoutingConfig& config_;
  const std::vector<TargetShare>& shares_;
  const std::optional<ProviderIndex> only_;
  const LiveState::View& live_;
  const absl::Time now_;
};

void AddDirect(const Request& request, const LiveState::View& live,
               absl::Time now, Plan& plan) {
  const ProviderIndex provider = *request.provider;
  if (!ConfigOf(request).providers[provider].unusable_because.empty()) return;
  const Breaker& breaker = live.providers[provider]->direct.breaker;
  if (breaker.state(now) == BreakerState::kOpen) {
    plan.next_chance = breaker.open_until();
    return;
  }
  plan.Add({provider, std::nullopt});
}

}  // namespace

Plan MakePlan(const Request& request, const LiveState::View& live,
              absl::Time now, double random) {
  Plan plan;
  if (!request.model.has_value()) {
    AddDirect(request, live, now, plan);
    return plan;
  }
  const RoutingConfig& config = ConfigOf(request);
  const Planner planner(request, live, now);
  const ModelEntry& model = config.models[*request.model];
  if (model.mode == config::v1::MODE_ENABLED) {
    planner.AddModel(model, random, plan);
  }
  for (const ModelIndex fallback : model.fallback) {
    if (config.models[fallback].mode != config::v1::MODE_ENABLED) continue;
    planner.AddModel(config.models[fallback], random, plan);
  }
  return plan;
}

}  // namespace weir::dataplane
