#include "controlplane/model_views.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/ids.h"
#include "controlplane/weight/balance.h"

namespace weir::controlplane {
namespace {

// What the model's former plan leaves for its new one, in one region. Weights
// are left behind when the operator changed anything, so that his word holds at
// once.
BalanceMemory CarryOver(const ModelPlan& old_plan, const BalanceMemory& old,
                        const ModelPlan& plan) {
  if (old_plan.SharesLike(plan)) return old;
  std::map<TargetId, BalanceMemory::OfTarget> by_id;
  for (std::size_t i = 0; i < old.targets.size(); ++i) {
    by_id[old_plan.targets[i].id] = old.targets[i];
  }
  BalanceMemory memory;
  memory.balanced_at = old.balanced_at;
  for (const TargetPlan& target : plan.targets) {
    memory.targets.push_back(by_id[target.id]);
    memory.targets.back().weight = 0;
  }
  return memory;
}

// Differs where any of them changed, for none ever falls.
std::uint64_t ChangesOf(const Readings& readings) {
  std::uint64_t changes = 0;
  for (const Reading* reading : readings) changes += reading->changes;
  return changes;
}

absl::Time PricesUntil(const ModelPlan& plan, absl::Time wall) {
  absl::Time until = absl::InfiniteFuture();
  for (const TargetPlan& target : plan.targets) {
    until = std::min(until, target.prices.NextStepAfter(wall));
  }
  return until;
}

}  // namespace

void ModelViews::SetPlan(const FleetPlan& old, const FleetPlan& plan) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    places[old.models[i].name] = i;
  }
  std::vector<Entry> entries(plan.models.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const ModelPlan& model = plan.models[i];
    const auto place = places.find(model.name);
    if (place == places.end()) continue;
    const ModelPlan& old_model = old.models[place->second];
    for (const auto& [region, memory] : entries_[place->second].memory) {
      entries[i].memory.emplace(region, CarryOver(old_model, memory, model));
    }
  }
  entries_ = std::move(entries);
}

std::vector<SharedModelView> ModelViews::Make(
    const FleetPlan& plan, absl::Span<const Readings> readings,
    const ViewRules& rules, const Moment& moment) {
  if (rules.active_group != active_group_ || rules.regions != regions_) {
    active_group_ = rules.active_group;
    regions_ = rules.regions;
    for (Entry& entry : entries_) entry.view.reset();
  }
  std::vector<SharedModelView> views;
  views.reserve(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    const std::uint64_t changes = ChangesOf(readings[i]);
    if (entry.changes == changes && Rests(entry, moment)) {
      for (auto& [region, memory] : entry.memory) {
        memory.balanced_at = moment.now;
      }
    } else {
      entry.view.emplace(ViewOfModel(plan.models[i], readings[i], rules, moment,
                                     entry.memory));
      entry.changes = changes;
      entry.prices_until = PricesUntil(plan.models[i], moment.wall);
    }
    views.push_back(*entry.view);
  }
  return views;
}

bool ModelViews::Rests(const Entry& entry, const Moment& moment) {
  return entry.view.has_value() && moment.wall < entry.prices_until &&
         std::ranges::all_of(entry.memory, [](const auto& of_region) {
           return of_region.second.settled;
         });
}

}  // namespace weir::controlplane
