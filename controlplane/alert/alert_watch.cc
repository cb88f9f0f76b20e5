#include "controlplane/alert/alert_watch.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/concat.h"
#include "controlplane/alert/alert_rules.h"
#include "controlplane/alert/credential_switches.h"
#include "controlplane/alert/event_log.h"
#include "controlplane/alert/target_changes.h"
#include "controlplane/scoreboard.h"
#include "controlplane/store/journal.h"

namespace weir::controlplane {
namespace {

void Log(const Alert& alert) {
  if (alert.resolved_at.has_value()) {
    spdlog::info("alert {} is resolved: {}", alert.id, alert.summary);
    return;
  }
  switch (alert.severity) {
    case Severity::kCritical:
      spdlog::error("alert {}: {}", alert.id, alert.summary);
      return;
    case Severity::kWarning:
      spdlog::warn("alert {}: {}", alert.id, alert.summary);
      return;
    case Severity::kInfo:
      spdlog::info("alert {}: {}", alert.id, alert.summary);
      return;
  }
}

}  // namespace

AlertWatch::AlertWatch(const Clock& clock, EventLog& events,
                       absl::Duration hold,
                       std::function<void(const Alert&)> tell)
    : clock_(clock), events_(events), tell_(std::move(tell)), book_(hold) {}

void AlertWatch::Restore(const std::vector<Alert>& alerts,
                         std::optional<GroupSwitch> last_switch) {
  MutexLock lock(&mutex_);
  book_.Restore(alerts, clock_.Now());
  last_switch_ = std::move(last_switch);
}

void AlertWatch::Look(std::shared_ptr<const FleetView> fleet,
                      std::vector<Condition> beside) {
  const Moment moment{clock_.Now(), clock_.WallNow()};
  MutexLock lock(&mutex_);
  NoteSwitch(*fleet, moment.wall);
  NoteStates(*fleet, moment.wall);
  std::vector<Condition> conditions = ConditionsOf(*fleet);
  std::ranges::move(beside, std::back_inserter(conditions));
  for (const Alert& alert : book_.Update(conditions, moment)) {
    NoteTurn(alert);
  }
  seen_ = std::move(fleet);
}

void AlertWatch::NoteSwitch(const FleetView& fleet, absl::Time wall) {
  if (fleet.last_switch == last_switch_) return;
  last_switch_ = fleet.last_switch;
  if (!last_switch_.has_value()) return;
  const std::string text =
      Concat("traffic moved to group ", last_switch_->group, ": ",
             last_switch_->reason);
  spdlog::warn("{}", text);
  events_.Add(wall, event_kind::kGroupSwitched, last_switch_->group, text,
              last_switch_->actor);
}

void AlertWatch::NoteStates(const FleetView& fleet, absl::Time wall) {
  if (seen_ == nullptr) return;
  for (TargetChange& change : TargetChanges(*seen_, fleet)) {
    events_.Add(wall, event_kind::kTargetState, std::move(change.subject),
                std::move(change.text));
  }
  for (CredentialSwitch& change : CredentialSwitches(*seen_, fleet)) {
    spdlog::warn("{}", change.text);
    events_.Add(wall, event_kind::kCredentialSwitched,
                std::move(change.provider), std::move(change.text));
  }
}

void AlertWatch::NoteTurn(const Alert& alert) {
  Log(alert);
  if (alert.resolved_at.has_value()) {
    events_.Add(*alert.resolved_at, event_kind::kAlertResolved, alert.subject,
                Concat(alert.kind, " is resolved: ", alert.summary));
  } else {
    ++raised_counts_[alert.kind];
    events_.Add(alert.raised_at, event_kind::kAlertRaised, alert.subject,
                Concat(alert.kind, ": ", alert.summary));
  }
  tell_(alert);
}

std::vector<Alert> AlertWatch::Alerts() const {
  MutexLock lock(&mutex_);
  return book_.List();
}

std::map<std::string, std::uint64_t> AlertWatch::RaisedCounts() const {
  MutexLock lock(&mutex_);
  return raised_counts_;
}

}  // namespace weir::controlplane
