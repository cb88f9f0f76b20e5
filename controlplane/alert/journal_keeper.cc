#include "controlplane/alert/journal_keeper.h"

#include <spdlog/spdlog.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace weir::controlplane {
namespace {

constexpr int kSavesBetweenSpending = 60;

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

std::vector<StoredProbeSpending> ToStored(
    const ProviderBoard::Spending& spending) {
  std::vector<StoredProbeSpending> stored;
  for (const auto& [provider, today] : spending) {
    stored.push_back({provider, today.day, today.probes, today.cost_usd});
  }
  return stored;
}

ProviderBoard::Spending FromStored(
    const std::vector<StoredProbeSpending>& stored) {
  ProviderBoard::Spending spending;
  for (const StoredProbeSpending& each : stored) {
    spending[each.provider] = {each.day, each.probes, each.cost_usd};
  }
  return spending;
}

}  // namespace

absl::Status JournalKeeper::Load() {
  absl::StatusOr<Journal> journal = store_.LoadJournal();
  if (!journal.ok()) return journal.status();
  saved_switch_ = journal->group_switch;
  saved_alerts_ = journal->alerts;
  saved_messages_ = journal->messages;
  saved_spending_ = journal->probe_spending;
  saved_rollout_ = journal->rollout;
  if (!journal->events.empty()) saved_event_ = journal->events.back().id;
  std::optional<GroupSwitch> last;
  if (saved_switch_.has_value()) {
    last = FromStored(*saved_switch_);
    parts_.scoreboard.RestoreGroup(*last);
  }
  parts_.providers.Restore(FromStored(journal->probe_spending));
  parts_.alerts.Restore(journal->alerts, std::move(last));
  parts_.events.Restore(std::move(journal->events));
  parts_.deliveries.Restore(std::move(journal->messages));
  if (saved_rollout_.has_value()) parts_.rollout.Restore(*saved_rollout_);
  return absl::OkStatus();
}

JournalUpdate JournalKeeper::News(Occasion occasion) {
  JournalUpdate update;
  std::optional<StoredGroupSwitch> last =
      ToStored(parts_.scoreboard.View()->last_switch);
  if (last.has_value() && last != saved_switch_) update.group_switch = last;
  std::optional<StoredRollout> rollout = parts_.rollout.Stored();
  if (rollout.has_value() && rollout != saved_rollout_) {
    update.rollout = std::move(rollout);
  }
  std::vector<Alert> alerts = parts_.alerts.Alerts();
  if (alerts != saved_alerts_) update.alerts = std::move(alerts);
  std::vector<WaitingMessage> messages = parts_.deliveries.Waiting();
  if (messages != saved_messages_) update.messages = std::move(messages);
  if (++saves_since_spending_ >= kSavesBetweenSpending ||
      occasion == Occasion::kEnd) {
    saves_since_spending_ = 0;
    auto spending = ToStored(parts_.providers.SpentToday());
    if (spending != saved_spending_) {
      update.probe_spending = std::move(spending);
    }
  }
  update.events = parts_.events.After(saved_event_);
  update.first_kept_event = parts_.events.first_id();
  return update;
}

void JournalKeeper::Save(Occasion occasion) {
  JournalUpdate update = News(occasion);
  if (!update.group_switch && !update.alerts && !update.messages &&
      !update.probe_spending && !update.rollout && update.events.empty()) {
    return;
  }
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
  if (update.rollout) saved_rollout_ = std::move(update.rollout);
  if (update.group_switch) saved_switch_ = std::move(update.group_switch);
  if (update.alerts) saved_alerts_ = *std::move(update.alerts);
  if (update.messages) saved_messages_ = *std::move(update.messages);
  if (update.probe_spending) {
    saved_spending_ = *std::move(update.probe_spending);
  }
  if (!update.events.empty()) saved_event_ = update.events.back().id;
}

}  // namespace weir::controlplane
