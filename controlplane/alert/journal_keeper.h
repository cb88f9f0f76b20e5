// Carries across restarts what is not configuration: alerts, events, unsent
// messages, the last switch of groups, what probes cost today, which
// configuration was good.
#ifndef WEIR_CONTROLPLANE_ALERT_JOURNAL_KEEPER_H_
#define WEIR_CONTROLPLANE_ALERT_JOURNAL_KEEPER_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "controlplane/alert/alert_watch.h"
#include "controlplane/alert/event_log.h"
#include "controlplane/alert/webhook_delivery.h"
#include "controlplane/provider/provider_board.h"
#include "controlplane/rollout/rollout.h"
#include "controlplane/scoreboard.h"
#include "controlplane/store/journal.h"
#include "controlplane/store/store.h"

namespace weir::controlplane {

// What happens is written a little later, and again when the store could not
// take it: a database that is away stops nothing but writes to itself. A
// process that is killed between loses the last of it.
//
// Thread safety: Load() and Save() on one thread at a time; errors() from any.
class JournalKeeper {
 public:
  // All outlive this.
  struct Parts {
    Scoreboard& scoreboard;
    ProviderBoard& providers;
    AlertWatch& alerts;
    EventLog& events;
    WebhookDelivery& deliveries;
    Rollout& rollout;
  };
  JournalKeeper(Store& store, const Parts& parts)
      : store_(store), parts_(parts) {}

  // Gives each its part of what the store holds; before anything happens.
  // Errors of the store.
  absl::Status Load();
  // Writes what is new, if anything is. May wait for a disk; call every second.
  // Spending, which is always new, is written once a minute and at the end.
  enum class Occasion { kRoutine, kEnd };
  void Save(Occasion occasion = Occasion::kRoutine);

  // Times that the store could not take it.
  std::uint64_t errors() const { return errors_; }

 private:
  // What differs from what the store holds.
  JournalUpdate News(Occasion occasion);

  Store& store_;
  const Parts parts_;
  std::atomic<std::uint64_t> errors_{0};

  // What the store holds.
  std::optional<StoredGroupSwitch> saved_switch_;
  std::vector<Alert> saved_alerts_;
  std::vector<WaitingMessage> saved_messages_;
  std::vector<StoredProbeSpending> saved_spending_;
  std::optional<StoredRollout> saved_rollout_;
  std::uint64_t saved_event_ = 0;
  int saves_since_spending_ = 0;
  bool failing_ = false;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ALERT_JOURNAL_KEEPER_H_
