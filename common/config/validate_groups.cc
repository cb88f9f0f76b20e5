#include <map>
#include <string>

#include "absl/time/time.h"
#include "common/config/validate_parts.h"

namespace weir::config {
namespace {

void CheckOrder(const v1::Policy& policy, const NameIndex& groups,
                Judge& judge) {
  std::map<std::string, std::string> seen;
  for (int i = 0; i < policy.group_order_size(); ++i) {
    const std::string path = At("policy.group_order", i);
    const std::string& name = policy.group_order(i);
    if (name.empty()) {
      judge.Refuse(path, "is empty", "write the group of a provider");
      continue;
    }
    const auto [first, is_new] = seen.try_emplace(name, path);
    if (!is_new) {
      judge.Refuse(path,
                   Quote(name) + " is what " + first->second + " says too",
                   "name each group once");
    } else if (!groups.contains(name)) {
      judge.RefuseUnknown(path, "group", name, groups);
    }
  }
}

}  // namespace

void ValidateGroups(const v1::Resources& resources, Judge& judge) {
  NameIndex groups;
  for (int i = 0; i < resources.providers_size(); ++i) {
    const std::string& group = resources.providers(i).group();
    if (!group.empty()) groups.try_emplace(group, i);
  }
  const v1::Policy& policy = resources.policy();
  CheckOrder(policy, groups, judge);
  if (policy.has_group_switch_after()) {
    judge.CheckDuration("policy.group_switch_after",
                        policy.group_switch_after(), absl::Seconds(1),
                        absl::Hours(24));
  }
  for (const std::string& listed : policy.group_order()) groups.erase(listed);
  for (const auto& [group, provider] : groups) {
    judge.Warn(At("providers", provider) + ".group",
               Quote(group) +
                   " is not in policy.group_order, so it is always "
                   "used",
               "list it there, or remove it");
  }
}

}  // namespace weir::config
