#include "controlplane/probe/schedule.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "common/ids.h"

namespace weir::controlplane {
namespace {

constexpr double kJitter = 0.2;
constexpr int kTurningPart = 5;
constexpr absl::Duration kTurningMinimum = absl::Milliseconds(100);

absl::Duration TimeBetween(absl::Duration interval, Pace pace) {
  if (pace == Pace::kSteady) return interval;
  return std::min(interval, std::max(interval / kTurningPart, kTurningMinimum));
}

}  // namespace

void Schedule::SetTargets(const std::map<TargetId, absl::Duration>& intervals,
                          absl::Time now) {
  std::map<TargetId, Entry> entries;
  for (const auto& [target, interval] : intervals) {
    const auto old = entries_.find(target);
    Entry entry = old == entries_.end() ? Entry{interval, now, std::nullopt}
                                        : old->second;
    entry.interval = interval;
    entry.due = std::min(entry.due, now + interval);
    entries.emplace(target, entry);
  }
  entries_ = std::move(entries);
}

std::vector<TargetId> Schedule::TakeDue(std::size_t limit, absl::Time now) {
  std::vector<std::map<TargetId, Entry>::iterator> due;
  for (auto it = entries_.begin(); it != entries_.end(); ++it) {
    if (!it->second.started.has_value() && it->second.due <= now) {
      due.push_back(it);
    }
  }
  std::ranges::stable_sort(due, {}, [](auto it) { return it->second.due; });
  if (due.size() > limit) due.resize(limit);
  std::vector<TargetId> taken;
  for (auto it : due) {
    it->second.started = now;
    taken.push_back(it->first);
  }
  return taken;
}

void Schedule::Finished(const TargetId& target, Pace pace, absl::Time now) {
  const auto found = entries_.find(target);
  if (found == entries_.end() || !found->second.started.has_value()) return;
  Entry& entry = found->second;
  const double jitter = 1 + kJitter * (2 * random_.Uniform() - 1);
  const absl::Duration wait = TimeBetween(entry.interval, pace) * jitter;
  entry.due = std::max(now, *entry.started + wait);
  entry.started = std::nullopt;
}

std::optional<absl::Time> Schedule::NextDue() const {
  std::optional<absl::Time> next;
  for (const auto& [target, entry] : entries_) {
    if (entry.started.has_value()) continue;
    if (!next.has_value() || entry.due < *next) next = entry.due;
  }
  return next;
}

}  // namespace weir::controlplane
