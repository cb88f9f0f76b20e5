#include "controlplane/alert/event_log.h"

#include <algorithm>
#include <utility>

namespace weir::controlplane {

void EventLog::Restore(std::vector<Event> events) {
  MutexLock lock(&mutex_);
  events_.assign(std::make_move_iterator(events.begin()),
                 std::make_move_iterator(events.end()));
  while (events_.size() > kKept) events_.pop_front();
  if (!events_.empty()) next_id_ = events_.back().id + 1;
}

void EventLog::Add(absl::Time wall, std::string kind, std::string subject,
                   std::string text, Actor by) {
  MutexLock lock(&mutex_);
  events_.push_back(Event{next_id_++, wall, std::move(kind), std::move(subject),
                          std::move(text), std::move(by)});
  if (events_.size() > kKept) events_.pop_front();
}

std::vector<Event> EventLog::Latest(std::size_t limit) const {
  MutexLock lock(&mutex_);
  const auto count =
      static_cast<std::ptrdiff_t>(std::min(limit, events_.size()));
  return {events_.rbegin(), events_.rbegin() + count};
}

std::vector<Event> EventLog::After(std::uint64_t id) const {
  MutexLock lock(&mutex_);
  const auto first =
      std::find_if(events_.begin(), events_.end(),
                   [id](const Event& event) { return event.id > id; });
  return {first, events_.end()};
}

std::uint64_t EventLog::first_id() const {
  MutexLock lock(&mutex_);
  return events_.empty() ? next_id_ : events_.front().id;
}

}  // namespace weir::controlplane
