#include "controlplane/alert/journal_keeper.h"

#include <spdlog/spdlog.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace weir::controlplane {
namespace {

std::optional<StoredGroupSwitch> ToStored(
    const std::optional<GroupSwitch>& last) {
  if (!last.has_value()) return std::nullopt;
  return StoredGroupSwitch{last->group, last->reason,
                           last->by == SwitchedBy::kOperator, last->at};
}

GroupSwitch FromStored(const StoredGroupSwitch& stored) {
  return {
      .group = stored.group,
      .reason = stored.reason,
      .by = stored.by_operator ? SwitchedBy::kOperator : SwitchedBy::kItself,
      .at = stored.at};
}

}  // namespace

absl::Status JournalKeeper::Load() {
  absl::StatusOr<Journal> journal = store_.LoadJournal();
  if (!journal.ok()) return journal.status();
  saved_switch_ = journal->group_switch;
  saved_alerts_ = journal->alerts;
  if (!journal->events.empty()) saved_event_ = journal->events.back().id;
  std::optional<GroupSwitch> last;
  if (saved_switch_.has_value()) {
    last = FromStored(*saved_switch_);
    scoreboard_.RestoreGroup(*last);
  }
  alerts_.Restore(journal->alerts, std::move(last));
  events_.Restore(std::move(journal->events));
  return absl::OkStatus();
}

void JournalKeeper::Save() {
  JournalUpdate update;
  std::optional<StoredGroupSwitch> last =
      ToStored(scoreboard_.View()->last_switch);
  std::vector<Alert> alerts = alerts_.Alerts();
  update.events = events_.After(saved_event_);
  if (last.has_value() && last != saved_switch_) update.group_switch = last;
  if (alerts != saved_alerts_) update.alerts = alerts;
  if (!update.group_switch && !update.alerts && update.events.empty()) return;
  update.first_kept_event = events_.first_id();
  if (absl::Status saved = store_.SaveJournal(update); !saved.ok()) {
    ++errors_;
    // Once in a row is enough: Save() comes again every second.
    if (!std::exchange(failing_, true)) {
      spdlog::warn("alerts and events can't be stored: {}",
                   std::string(saved.message()));
    }
    return;
  }
  failing_ = false;
  if (update.group_switch) saved_switch_ = std::move(last);
  if (update.alerts) saved_alerts_ = std::move(alerts);
  if (!update.events.empty()) saved_event_ = update.events.back().id;
}

}  // namespace weir::controlplane
