// Conditions that come and go, as alerts that are raised and resolved.
#ifndef WEIR_CONTROLPLANE_ALERT_ALERT_BOOK_H_
#define WEIR_CONTROLPLANE_ALERT_ALERT_BOOK_H_

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "controlplane/alert/alert_rules.h"
#include "controlplane/store/journal.h"

namespace weir::controlplane {

// An alert is raised once, when its condition appears (with Onset::kSettled,
// when it has held for the hold time), and resolved once, when the condition
// has been gone for the hold time. So a condition that comes and goes faster
// than that is one alert, and no condition makes more than two messages in a
// hold time.
//
// Pure but for itself: reads no clock. Not thread-safe.
class AlertBook {
 public:
  // How long resolved alerts are remembered, and how many at most.
  static constexpr absl::Duration kMemory = absl::Hours(24);
  static constexpr std::size_t kMaxResolved = 500;

  explicit AlertBook(absl::Duration hold) : hold_(hold) {}

  // Alerts of an earlier life. Those that were raised still are, and have the
  // hold time from now on to show that they hold.
  void Restore(const std::vector<Alert>& alerts, absl::Time now);

  // Takes what holds now; returns the alerts that turned: raised ones, and
  // resolved ones, which have their resolved_at. `moment` never goes back.
  std::vector<Alert> Update(const std::vector<Condition>& holding,
                            const Moment& moment);

  // Raised ones first; of both newest first.
  std::vector<Alert> List() const;

 private:
  struct Raised {
    Alert alert;
    absl::Time last_held;
  };

  // Whether a condition that is no alert yet becomes one.
  bool IsDue(const Condition& condition, const std::string& id,
             absl::Time now) const;
  void Forget(absl::Time wall);

  const absl::Duration hold_;
  std::map<std::string, Raised> raised_;
  // Since when a condition that must settle holds.
  std::map<std::string, absl::Time> settling_;
  // Oldest first.
  std::deque<Alert> resolved_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ALERT_ALERT_BOOK_H_
