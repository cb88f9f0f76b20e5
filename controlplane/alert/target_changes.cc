#include "controlplane/alert/target_changes.h"

#include <map>
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

}  // namespace

std::vector<TargetChange> TargetChanges(const FleetView& before,
                                        const FleetView& after) {
  if (&before == &after) return {};
  std::map<std::pair<std::string, std::string>, TargetState> states;
  for (const ModelView& model : before.models) {
    for (const TargetView& target : model.targets) {
      states.emplace(std::pair(model.model, IdOf(target)), target.state);
    }
  }
  std::vector<TargetChange> changes;
  std::set<std::string> mentioned;
  for (const ModelView& model : after.models) {
    for (const TargetView& target : model.targets) {
      const std::string id = IdOf(target);
      const auto known = states.find({model.model, id});
      if (known == states.end() || known->second == target.state) continue;
      if (!mentioned.insert(id).second) continue;
      changes.push_back({id, TextOf(id, known->second, target)});
    }
  }
  return changes;
}

}  // namespace weir::controlplane
