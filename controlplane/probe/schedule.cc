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
  waiting_.clear();
  for (const auto& [target, entry] : entries_) {
    if (!entry.started.has_value()) waiting_.insert({entry.due, &target});
  }
}

std::vector<TargetId> Schedule::TakeDue(std::size_t limit, absl::Time now) {
  std::vector<TargetId> taken;
  while (taken.size() < limit && !waiting_.empty() &&
         waiting_.begin()->due <= now) {
    const TargetId& target = *waiting_.begin()->target;
    waiting_.erase(waiting_.begin());
    entries_.at(target).started = now;
    taken.push_back(target);
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
  waiting_.insert({entry.due, &found->first});
}

std::optional<absl::Time> Schedule::NextDue() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.begin()->due;
}

}  // namespace weir::controlplane
