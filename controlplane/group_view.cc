#include "controlplane/group_view.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "common/ids.h"
#include "controlplane/health/target_state.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::controlplane {

std::vector<GroupSight> SightsOfGroups(const FleetPlan& plan,
                                       const FleetView& fleet) {
  if (plan.groups.order.empty()) return {};
  // For each group, whether each of its targets is usable.
  std::map<std::string, std::map<TargetId, bool>> usable;
  for (std::size_t m = 0; m < plan.models.size(); ++m) {
    const ModelPlan& model = plan.models[m];
    if (model.mode != config::v1::MODE_ENABLED) continue;
    for (std::size_t t = 0; t < model.targets.size(); ++t) {
      const TargetPlan& target = model.targets[t];
      usable[target.group][target.id] |=
          IsUsable(fleet.models[m]->targets[t].state);
    }
  }
  std::vector<GroupSight> sights;
  for (const std::string& group : plan.groups.order) {
    GroupSight& sight = sights.emplace_back();
    for (const auto& [target, is_usable] : usable[group]) {
      ++sight.targets;
      if (is_usable) ++sight.usable;
    }
  }
  return sights;
}

std::vector<GroupView> ViewOfGroups(const GroupRules& rules,
                                    absl::Span<const GroupSight> sights,
                                    const Moment& moment,
                                    const GroupMemory& memory) {
  std::vector<GroupView> views;
  const std::string active = ActiveGroup(rules, memory);
  for (std::size_t i = 0; i < rules.order.size(); ++i) {
    GroupView& view = views.emplace_back();
    view.group = rules.order[i];
    view.active = view.group == active;
    view.sight = sights[i];
    const auto failing = memory.failing_since.find(view.group);
    if (failing != memory.failing_since.end()) {
      view.failing_since = moment.wall - (moment.now - failing->second);
    }
  }
  return views;
}

}  // namespace weir::controlplane
