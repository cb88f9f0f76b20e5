// When each target is due to be probed.
#ifndef WEIR_CONTROLPLANE_PROBE_SCHEDULE_H_
#define WEIR_CONTROLPLANE_PROBE_SCHEDULE_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "absl/time/time.h"
#include "common/ids.h"
#include "common/random.h"

namespace weir::controlplane {

enum class Pace {
  kSteady,   // The target's own interval.
  kTurning,  // Its verdict may turn soon: a fifth of it, at least 100 ms.
};

// Does no I/O and reads no clock; the caller probes what it takes and reports
// how that went. From the start of one probe to the start of the next is the
// interval, give or take 20 %, so that targets don't march in step; a probe
// that takes longer than that is followed by the next at once. No target has
// two probes at a time.
//
// Not thread-safe.
class Schedule {
 public:
  // `random` outlives this.
  explicit Schedule(Random& random) : random_(random) {}

  // Follows the registry: new targets are due at once, those that are gone are
  // forgotten, a shorter interval holds from now on.
  void SetTargets(const std::map<TargetId, absl::Duration>& intervals,
                  absl::Time now);

  // At most `limit` targets that are due, the longest due first. Each is out
  // until Finished().
  std::vector<TargetId> TakeDue(std::size_t limit, absl::Time now);

  // A probe ended. A target that is gone meanwhile is ignored.
  void Finished(const TargetId& target, Pace pace, absl::Time now);

  // When the next target that is not out is due, which may be in the past;
  // nullopt: none is left.
  std::optional<absl::Time> NextDue() const;

 private:
  struct Entry {
    absl::Duration interval;
    absl::Time due;
    // nullopt: not out.
    std::optional<absl::Time> started;
  };

  // A target that is not out, by when it is due; of the map's own key.
  struct Waiting {
    absl::Time due;
    const TargetId* target;

    friend bool operator<(const Waiting& a, const Waiting& b) {
      return a.due != b.due ? a.due < b.due : *a.target < *b.target;
    }
  };

  Random& random_;
  std::map<TargetId, Entry> entries_;
  // Of thousands of targets one ends its probe every few milliseconds.
  std::set<Waiting> waiting_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PROBE_SCHEDULE_H_
