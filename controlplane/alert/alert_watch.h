// Watches the fleet: raises and resolves alerts, and notes what happens.
#ifndef WEIR_CONTROLPLANE_ALERT_ALERT_WATCH_H_
#define WEIR_CONTROLPLANE_ALERT_ALERT_WATCH_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "controlplane/alert/alert_book.h"
#include "controlplane/alert/alert_rules.h"
#include "controlplane/alert/event_log.h"
#include "controlplane/scoreboard.h"
#include "controlplane/store/journal.h"

namespace weir::controlplane {

// Thread safety: every method may be called from any thread; none waits for a
// disk or a network.
class AlertWatch {
 public:
  // `tell` gets every alert that is raised or resolved, in order. All outlive
  // this. `hold` as in AlertBook.
  AlertWatch(const Clock& clock, EventLog& events, absl::Duration hold,
             std::function<void(const Alert&)> tell);

  // What an earlier life left; before the first Look().
  void Restore(const std::vector<Alert>& alerts,
               std::optional<GroupSwitch> last_switch);

  // Looks at the fleet; call a few times a second. `beside` is what is wrong
  // with other things than the fleet.
  void Look(std::shared_ptr<const FleetView> fleet,
            std::vector<Condition> beside = {});

  // As AlertBook::List().
  std::vector<Alert> Alerts() const;
  // Raised since the start, by kind.
  std::map<std::string, std::uint64_t> RaisedCounts() const;

 private:
  void NoteSwitch(const FleetView& fleet, absl::Time wall)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void NoteStates(const FleetView& fleet, absl::Time wall)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void NoteTurn(const Alert& alert) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  EventLog& events_;
  const std::function<void(const Alert&)> tell_;

  mutable Mutex mutex_;
  AlertBook book_ ABSL_GUARDED_BY(mutex_);
  // The fleet as it was looked at last; null at first.
  std::shared_ptr<const FleetView> seen_ ABSL_GUARDED_BY(mutex_);
  std::optional<GroupSwitch> last_switch_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::uint64_t> raised_counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ALERT_ALERT_WATCH_H_
