// When the next report is due.
#ifndef WEIR_DATAPLANE_SYNC_REPORT_PACE_H_
#define WEIR_DATAPLANE_SYNC_REPORT_PACE_H_

#include "absl/time/time.h"
#include "common/random.h"

namespace weir::dataplane {

// Reports go out on the control plane's interval, give or take a fifth so that
// nodes which connected together don't stay together; news bring the next one
// forward, but no two are closer than kMinGap, whatever flaps.
//
// Reads no clock. Not thread-safe.
class ReportPace {
 public:
  static constexpr absl::Duration kMinGap = absl::Milliseconds(100);

  // `random` outlives this.
  explicit ReportPace(Random& random) : random_(random) {}

  // A stream began: a report is due as soon as the gap allows.
  void Begin(absl::Time now, absl::Duration interval);
  void End() { due_ = absl::InfiniteFuture(); }

  // Something changed that the control plane should know now.
  void News(absl::Time now);
  void Sent(absl::Time now);

  // InfiniteFuture() while there is no stream.
  absl::Time due() const { return due_; }

 private:
  absl::Time Soonest(absl::Time now) const;

  Random& random_;
  absl::Duration interval_;
  absl::Time last_ = absl::InfinitePast();
  absl::Time due_ = absl::InfiniteFuture();
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_REPORT_PACE_H_
