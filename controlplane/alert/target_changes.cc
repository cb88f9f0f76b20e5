#include "controlplane/alert/target_changes.h"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/concat.h"
#include "common/ids.h"
#include "controlplane/health/target_state.h"

namespace weir::controlplane {
namespace {

std::string IdOf(const TargetView& target) {
  return MakeTargetId(target.provider, target.upstream_model).value;
}

std::string TextOf(const std::string& id, TargetState before,
                   const TargetView& now) {
  std::string text =
      Concat(id, " is ", StateName(now.state), ", was ", StateName(before));
  if (!IsUsable(now.state) && !now.last_error.empty()) {
    Append(text, ": ", now.last_error);
  }
  return text;
}

// What targets were before. Fleets that follow each other nearly always have
// the same targets at the same places.
class StatesBefore {
 public:
  explicit StatesBefore(const FleetView& before) : before_(before) {}

  // Of the target at place `t` of the model at place `m`; nullopt: there was no
  // such target.
  std::optional<TargetState> Of(const FleetView& after, std::size_t m,
                                std::size_t t) {
    const ModelView& model = after.models[m];
    const TargetView& target = model.targets[t];
    if (const TargetView* same = AtPlace(model, m, target, t)) {
      return same->state;
    }
    if (!by_name_.has_value()) IndexByName();
    const auto known = by_name_->find({model.model, IdOf(target)});
    if (known == by_name_->end()) return std::nullopt;
    return known->second;
  }

 private:
  const TargetView* AtPlace(const ModelView& model, std::size_t m,
                            const TargetView& target, std::size_t t) const {
    if (m >= before_.models.size()) return nullptr;
    const ModelView& old_model = before_.models[m];
    if (t >= old_model.targets.size()) return nullptr;
    const TargetView& old = old_model.targets[t];
    const bool is_same = old_model.model == model.model &&
                         old.provider == target.provider &&
                         old.upstream_model == target.upstream_model;
    return is_same ? &old : nullptr;
  }

  void IndexByName() {
    by_name_.emplace();
    for (const ModelView& model : before_.models) {
      for (const TargetView& target : model.targets) {
        by_name_->emplace(std::pair(model.model, IdOf(target)), target.state);
      }
    }
  }

  const FleetView& before_;
  std::optional<std::map<std::pair<std::string, std::string>, TargetState>>
      by_name_;
};

}  // namespace

std::vector<TargetChange> TargetChanges(const FleetView& before,
                                        const FleetView& after) {
  if (&before == &after) return {};
  StatesBefore states(before);
  std::vector<TargetChange> changes;
  std::set<std::string> mentioned;
  for (std::size_t m = 0; m < after.models.size(); ++m) {
    if (m < before.models.size() && after.models[m].IsSame(before.models[m])) {
      continue;
    }
    for (std::size_t t = 0; t < after.models[m]->targets.size(); ++t) {
      const TargetView& target = after.models[m]->targets[t];
      const std::optional<TargetState> known = states.Of(after, m, t);
      if (!known.has_value() || *known == target.state) continue;
      const std::string id = IdOf(target);
      if (!mentioned.insert(id).second) continue;
      changes.push_back({id, TextOf(id, *known, target)});
    }
  }
  return changes;
}

}  // namespace weir::controlplane
