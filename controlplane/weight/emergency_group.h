// Which emergency group is active, and why.
//
// Providers may be of groups, and the policy may put groups in an order: a
// relay, then the direct providers, say. The first gets the traffic until every
// target of it has failed for a while; then the next one that has a usable
// target does. Nothing comes back by itself: whether the first is to be trusted
// again is for people to say.
#ifndef WEIR_CONTROLPLANE_WEIGHT_EMERGENCY_GROUP_H_
#define WEIR_CONTROLPLANE_WEIGHT_EMERGENCY_GROUP_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/clock.h"
#include "controlplane/access/actor.h"

namespace weir::controlplane {

// From the policy.
struct GroupRules {
  // Each once. Empty: there are no emergency groups.
  std::vector<std::string> order;
  absl::Duration switch_after = absl::Minutes(5);
};

// A group's targets, as they are now.
struct GroupSight {
  std::uint32_t targets = 0;
  std::uint32_t usable = 0;
};

enum class SwitchedBy { kItself, kOperator };

// The last time that traffic was moved; what survives a restart.
struct GroupSwitch {
  std::string group;
  // A sentence for people, without its full stop.
  std::string reason;
  SwitchedBy by = SwitchedBy::kItself;
  absl::Time at;  // Wall clock.
  // Does not survive a restart.
  Actor actor = {};

  friend bool operator==(const GroupSwitch&, const GroupSwitch&) = default;
};

struct GroupMemory {
  // nullopt: the first of the order is active and always was.
  std::optional<GroupSwitch> last;
  // Clock::Now() since when a group has had no usable target; without those
  // that have one.
  std::map<std::string, absl::Time> failing_since;
};

// Empty where there are no groups. Pure.
std::string ActiveGroup(const GroupRules& rules, const GroupMemory& memory);

// Looks at the groups and switches where that is due; true when it did. A group
// without targets has failed like one whose targets have; time that a restart
// took does not count. A last switch to a group that is no longer listed is
// forgotten. Pure but for `memory`. REQUIRES: a sight for each of
// `rules.order`, in its order; `moment` never goes back.
bool ObserveGroups(const GroupRules& rules, absl::Span<const GroupSight> sights,
                   const Moment& moment, GroupMemory& memory);

// An operator's word, which holds at once and gives `group` its whole time.
// Nothing changes where it is active already. NOT_FOUND: it is not listed.
// INVALID_ARGUMENT: `reason` is longer than 255 bytes or more than one line.
// `actor` is who said so. Pure but for `memory`.
absl::Status SwitchByHand(const GroupRules& rules, const std::string& group,
                          const std::string& reason, absl::Time wall,
                          GroupMemory& memory, Actor actor = {});

// One target of a model, as the groups see it.
struct GroupMember {
  std::string_view group;
  // Nobody switched it off, and it has a credential.
  bool in_service = true;
};

// How many groups stand before each member's own; those with 0 get the traffic,
// the others are the reserve. Members of no listed group have 0. Groups come in
// their order from the active one on, the first after the last; groups in which
// the model has nobody in service don't count, so that a model is never left
// with its reserve alone. Pure.
std::vector<std::uint32_t> GroupsBefore(const GroupRules& rules,
                                        std::string_view active,
                                        absl::Span<const GroupMember> members);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_EMERGENCY_GROUP_H_
