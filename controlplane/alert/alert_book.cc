#include "controlplane/alert/alert_book.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"

namespace weir::controlplane {

void AlertBook::Restore(const std::vector<Alert>& alerts, absl::Time now) {
  for (const Alert& alert : alerts) {
    if (alert.resolved_at.has_value()) {
      resolved_.push_back(alert);
    } else {
      raised_[alert.id] = Raised{alert, now};
    }
  }
  std::stable_sort(resolved_.begin(), resolved_.end(),
                   [](const Alert& a, const Alert& b) {
                     return *a.resolved_at < *b.resolved_at;
                   });
}

bool AlertBook::IsDue(const Condition& condition, const std::string& id,
                      absl::Time now) const {
  if (condition.onset == Onset::kAtOnce) return true;
  const auto since = settling_.find(id);
  return since != settling_.end() && now - since->second >= hold_;
}

std::vector<Alert> AlertBook::Update(const std::vector<Condition>& holding,
                                     const Moment& moment) {
  std::vector<Alert> turned;
  std::map<std::string, absl::Time> settling;
  for (const Condition& condition : holding) {
    const std::string id = condition.Id();
    const auto known = raised_.find(id);
    if (known != raised_.end()) {
      known->second.last_held = moment.now;
      continue;
    }
    if (!IsDue(condition, id, moment.now)) {
      const auto since = settling_.find(id);
      settling[id] = since == settling_.end() ? moment.now : since->second;
      continue;
    }
    const Alert alert{.id = id,
                      .kind = condition.kind,
                      .subject = condition.subject,
                      .summary = condition.summary,
                      .severity = condition.severity,
                      .raised_at = moment.wall};
    raised_[id] = Raised{alert, moment.now};
    turned.push_back(alert);
  }
  settling_ = std::move(settling);
  for (auto it = raised_.begin(); it != raised_.end();) {
    Raised& raised = it->second;
    if (raised.last_held == moment.now ||
        moment.now - raised.last_held < hold_) {
      ++it;
      continue;
    }
    raised.alert.resolved_at = moment.wall;
    turned.push_back(raised.alert);
    resolved_.push_back(std::move(raised.alert));
    it = raised_.erase(it);
  }
  Forget(moment.wall);
  return turned;
}

void AlertBook::Forget(absl::Time wall) {
  while (!resolved_.empty() &&
         (resolved_.size() > kMaxResolved ||
          wall - *resolved_.front().resolved_at > kMemory)) {
    resolved_.pop_front();
  }
}

std::vector<Alert> AlertBook::List() const {
  std::vector<Alert> list;
  for (const auto& [id, raised] : raised_) list.push_back(raised.alert);
  std::stable_sort(
      list.begin(), list.end(),
      [](const Alert& a, const Alert& b) { return a.raised_at > b.raised_at; });
  list.insert(list.end(), resolved_.rbegin(), resolved_.rend());
  return list;
}

}  // namespace weir::controlplane
