// What happened, as it is kept: alerts, events, the last switch of groups, the
// last good configuration.
#ifndef WEIR_CONTROLPLANE_STORE_JOURNAL_H_
#define WEIR_CONTROLPLANE_STORE_JOURNAL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "controlplane/access/actor.h"

namespace weir::controlplane {

enum class Severity { kCritical, kWarning, kInfo };

// critical, warning, info.
const char* SeverityName(Severity severity);
// kInfo for a name that this version does not know.
Severity SeverityByName(std::string_view name);

// Something that is wrong, or was. Times are the wall clock's.
struct Alert {
  // Names the condition: `KIND:SUBJECT`. Raised once at a time.
  std::string id = {};
  // Of config::kAlertKinds.
  std::string kind = {};
  // What it is about: a model, `provider/upstream model`, a provider or a
  // group; from the configuration.
  std::string subject = {};
  // A sentence for people, without its full stop.
  std::string summary = {};
  Severity severity = Severity::kWarning;
  absl::Time raised_at = {};
  // nullopt while it holds.
  std::optional<absl::Time> resolved_at = std::nullopt;

  friend bool operator==(const Alert&, const Alert&) = default;
};

// Something that happened.
struct Event {
  // Grows by one with each, across restarts; 1 or more.
  std::uint64_t id = 0;
  absl::Time time;  // Wall clock.
  // As in weir.admin.v1.Event.
  std::string kind;
  std::string subject;
  std::string text;
  Actor by = {};

  friend bool operator==(const Event&, const Event&) = default;
};

// The last time that traffic was moved to another emergency group.
struct StoredGroupSwitch {
  std::string group;
  std::string reason;
  // Not weir itself.
  bool by_operator = false;
  absl::Time at;  // Wall clock.

  friend bool operator==(const StoredGroupSwitch&,
                         const StoredGroupSwitch&) = default;
};

// What probes of one provider cost on its last day.
struct StoredProbeSpending {
  std::string provider;
  // Days since 1970, UTC.
  std::int64_t day = 0;
  std::uint64_t probes = 0;
  double cost_usd = 0;

  friend bool operator==(const StoredProbeSpending&,
                         const StoredProbeSpending&) = default;
};

// A message that a webhook has yet to get: the alert as it was then.
struct WaitingMessage {
  std::string webhook;
  Alert alert;

  friend bool operator==(const WaitingMessage&,
                         const WaitingMessage&) = default;
};

// How far the last change of the configuration had got in the fleet.
struct StoredRollout {
  // The last good one, as nodes are told of it: a serialized Resources, and its
  // revision.
  std::string standing = {};
  std::uint64_t standing_revision = 0;
  // SHA-256 of what was halted, and why; empty: nothing is.
  std::string halted_sha256 = {};
  std::string reason = {};

  friend bool operator==(const StoredRollout&, const StoredRollout&) = default;
};

struct Journal {
  std::optional<StoredGroupSwitch> group_switch;
  std::vector<Alert> alerts;
  // Oldest first.
  std::vector<Event> events;
  std::vector<StoredProbeSpending> probe_spending;
  // Of each webhook in the order in which they are to be sent.
  std::vector<WaitingMessage> messages;
  std::optional<StoredRollout> rollout;
};

// What to write; what is nullopt stays as it was.
struct JournalUpdate {
  std::optional<StoredGroupSwitch> group_switch;
  std::optional<StoredRollout> rollout;
  // Replaces all.
  std::optional<std::vector<Alert>> alerts;
  // These replace all.
  std::optional<std::vector<StoredProbeSpending>> probe_spending;
  std::optional<std::vector<WaitingMessage>> messages;
  // Are added, in the order of their ids.
  std::vector<Event> events;
  // Events before this id are forgotten.
  std::uint64_t first_kept_event = 0;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_JOURNAL_H_
