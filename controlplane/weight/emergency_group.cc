#include "controlplane/weight/emergency_group.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/clock.h"
#include "common/concat.h"

namespace weir::controlplane {
namespace {

constexpr std::size_t kMaxReason = 255;

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::optional<std::size_t> PlaceOf(const GroupRules& rules,
                                   std::string_view group) {
  const auto found = std::find(rules.order.begin(), rules.order.end(), group);
  if (found == rules.order.end()) return std::nullopt;
  return static_cast<std::size_t>(found - rules.order.begin());
}

void NoteFailures(const GroupRules& rules, absl::Span<const GroupSight> sights,
                  absl::Time now, GroupMemory& memory) {
  std::map<std::string, absl::Time> failing;
  for (std::size_t i = 0; i < rules.order.size(); ++i) {
    if (sights[i].usable > 0) continue;
    const auto known = memory.failing_since.find(rules.order[i]);
    failing.emplace(rules.order[i],
                    known == memory.failing_since.end() ? now : known->second);
  }
  memory.failing_since = std::move(failing);
}

// The first with a usable target in the order from `active` on, the first after
// the last.
std::optional<std::size_t> Successor(absl::Span<const GroupSight> sights,
                                     std::size_t active) {
  for (std::size_t step = 1; step < sights.size(); ++step) {
    const std::size_t next = (active + step) % sights.size();
    if (sights[next].usable > 0) return next;
  }
  return std::nullopt;
}

std::string WhySwitched(const std::string& group, const GroupSight& sight,
                        absl::Duration failing) {
  if (sight.targets == 0) return Concat("group ", group, " has no targets");
  return Concat("every target of group ", group, " has failed for ",
                absl::FormatDuration(absl::Trunc(failing, absl::Seconds(1))));
}

}  // namespace

std::string ActiveGroup(const GroupRules& rules, const GroupMemory& memory) {
  if (rules.order.empty()) return "";
  if (memory.last.has_value() && PlaceOf(rules, memory.last->group)) {
    return memory.last->group;
  }
  return rules.order.front();
}

bool ObserveGroups(const GroupRules& rules, absl::Span<const GroupSight> sights,
                   const Moment& moment, GroupMemory& memory) {
  if (rules.order.empty()) return false;
  if (memory.last.has_value() && !PlaceOf(rules, memory.last->group)) {
    memory.last = std::nullopt;
  }
  NoteFailures(rules, sights, moment.now, memory);
  const std::string active = ActiveGroup(rules, memory);
  const auto failing = memory.failing_since.find(active);
  if (failing == memory.failing_since.end()) return false;
  const absl::Duration failed_for = moment.now - failing->second;
  if (failed_for < rules.switch_after) return false;
  const std::size_t place = *PlaceOf(rules, active);
  const std::optional<std::size_t> next = Successor(sights, place);
  if (!next.has_value()) return false;
  memory.last =
      GroupSwitch{.group = rules.order[*next],
                  .reason = WhySwitched(active, sights[place], failed_for),
                  .by = SwitchedBy::kItself,
                  .at = moment.wall};
  return true;
}

absl::Status SwitchByHand(const GroupRules& rules, const std::string& group,
                          const std::string& reason, absl::Time wall,
                          GroupMemory& memory, Actor actor) {
  if (!PlaceOf(rules, group).has_value()) {
    const std::string listed = absl::StrJoin(rules.order, ", ");
    return absl::NotFoundError(
        Concat("policy.group_order lists no group ", group, "; ",
               listed.empty() ? "it is empty" : "known groups: ", listed));
  }
  if (reason.size() > kMaxReason ||
      std::any_of(reason.begin(), reason.end(), IsControl)) {
    return absl::InvalidArgumentError(
        "the reason is longer than 255 bytes or holds a control character; "
        "write a short one on one line");
  }
  if (ActiveGroup(rules, memory) == group) return absl::OkStatus();
  memory.last = GroupSwitch{
      .group = group,
      .reason = reason.empty() ? "by hand" : Concat("by hand: ", reason),
      .by = SwitchedBy::kOperator,
      .at = wall,
      .actor = std::move(actor)};
  memory.failing_since.erase(group);
  return absl::OkStatus();
}

std::vector<std::uint32_t> GroupsBefore(const GroupRules& rules,
                                        std::string_view active,
                                        absl::Span<const GroupMember> members) {
  const std::size_t count = rules.order.size();
  const std::size_t first = PlaceOf(rules, active).value_or(0);
  // How far each member's group is from the active one; nullopt: not listed.
  std::vector<std::optional<std::size_t>> steps;
  std::set<std::size_t> in_service;
  bool is_served = false;
  for (const GroupMember& member : members) {
    std::optional<std::size_t> step = PlaceOf(rules, member.group);
    if (step.has_value()) step = (*step + count - first) % count;
    steps.push_back(step);
    if (!member.in_service) continue;
    if (step.has_value()) {
      in_service.insert(*step);
    } else {
      is_served = true;  // By one that is always used.
    }
  }
  if (is_served) in_service.insert(0);
  std::vector<std::uint32_t> before;
  for (const std::optional<std::size_t>& step : steps) {
    before.push_back(
        step.has_value()
            ? static_cast<std::uint32_t>(std::distance(
                  in_service.begin(), in_service.lower_bound(*step)))
            : 0);
  }
  return before;
}

}  // namespace weir::controlplane
