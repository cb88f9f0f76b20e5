// What happened lately.
#ifndef WEIR_CONTROLPLANE_ALERT_EVENT_LOG_H_
#define WEIR_CONTROLPLANE_ALERT_EVENT_LOG_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/mutex.h"
#include "controlplane/access/actor.h"
#include "controlplane/store/journal.h"

namespace weir::controlplane {

// As weir.admin.v1.Event names them.
namespace event_kind {
inline constexpr char kTargetState[] = "target_state";
inline constexpr char kAlertRaised[] = "alert_raised";
inline constexpr char kAlertResolved[] = "alert_resolved";
inline constexpr char kGroupSwitched[] = "group_switched";
inline constexpr char kConfigChanged[] = "config_changed";
inline constexpr char kCredentialSwitched[] = "credential_switched";
inline constexpr char kRolloutStarted[] = "rollout_started";
inline constexpr char kRolloutWave[] = "rollout_wave";
inline constexpr char kRolloutHalted[] = "rollout_halted";
inline constexpr char kRolloutCompleted[] = "rollout_completed";
inline constexpr char kRolloutWithdrawn[] = "rollout_withdrawn";
}  // namespace event_kind

// The last kKept events. Thread safety: every method may be called from any
// thread; none waits for a disk.
class EventLog {
 public:
  static constexpr std::size_t kKept = 1000;

  // Events of an earlier life, oldest first; before anything is added.
  void Restore(std::vector<Event> events);

  // `wall` is wall-clock time; `by` is who did it.
  void Add(absl::Time wall, std::string kind, std::string subject,
           std::string text, Actor by = {});

  // At most so many, newest first.
  std::vector<Event> Latest(std::size_t limit) const;
  // Those that are newer than event `id`, oldest first.
  std::vector<Event> After(std::uint64_t id) const;
  // Of the oldest one that is kept, or of the next one where there is none.
  std::uint64_t first_id() const;

 private:
  mutable Mutex mutex_;
  std::deque<Event> events_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ALERT_EVENT_LOG_H_
