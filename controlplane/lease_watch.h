// The leader's lease, as alerts, metrics and pages have it.
#ifndef WEIR_CONTROLPLANE_LEASE_WATCH_H_
#define WEIR_CONTROLPLANE_LEASE_WATCH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/ops/metrics.h"
#include "controlplane/alert/alert_rules.h"

namespace weir::controlplane {

struct LeaseReading {
  // That this process leads in; 0: it follows.
  std::uint64_t epoch = 0;
  // Where the leader is; empty: nobody knows.
  std::string leader = {};
  // nullopt: the last look at the lease went well.
  std::optional<absl::Duration> failing_for = std::nullopt;
  // Why it did not.
  std::string failure = {};
};

// Carries what is known of the lease from the one thread that looks at it to
// all that show it.
//
// Thread safety: every method may be called from any thread.
class LeaseWatch {
 public:
  // `clock` outlives this.
  explicit LeaseWatch(const Clock& clock) : clock_(clock) {}

  // What came of a look.
  void Note(const absl::Status& looked);
  // Who leads.
  void Set(std::uint64_t epoch, std::string leader);

  LeaseReading Current() const;

 private:
  const Clock& clock_;
  mutable Mutex mutex_;
  LeaseReading reading_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Time> failing_since_ ABSL_GUARDED_BY(mutex_);
};

// What is wrong with it: the database has not answered for longer than it takes
// to fail over. Pure.
std::vector<Condition> LeaseConditions(const LeaseReading& reading);

void AddLeaseMetrics(const LeaseReading& reading, ops::MetricPage& page);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_LEASE_WATCH_H_
