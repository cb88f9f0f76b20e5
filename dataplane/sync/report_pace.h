// When the next report is due, and what it has to say.
#ifndef WEIR_DATAPLANE_SYNC_REPORT_PACE_H_
#define WEIR_DATAPLANE_SYNC_REPORT_PACE_H_

#include "absl/time/time.h"
#include "common/random.h"
#include "dataplane/sync/report_extent.h"

namespace weir::dataplane {

// What the control plane wants.
struct ReportTerms {
  absl::Duration interval;
  // What it takes after a stream's first report.
  ReportExtent later = ReportExtent::kWhole;
};

// Reports go out on the control plane's interval, give or take a fifth so that
// nodes which connected together don't stay together; news bring the next one
// forward, but no two are closer than kMinGap, whatever flaps.
//
// Reads no clock. Not thread-safe.
class ReportPace {
 public:
  static constexpr absl::Duration kMinGap = absl::Milliseconds(100);
  // A target costs the node some 2 us, of which its workers feel every one
  // where it has no core to spare, and the control plane ten times that. So ten
  // thousand that are in use are told of every 4 s.
  static constexpr absl::Duration kPerTarget = absl::Microseconds(400);

  // `random` outlives this.
  explicit ReportPace(Random& random) : random_(random) {}

  // A stream began: a report is due as soon as the gap allows.
  void Begin(absl::Time now, const ReportTerms& terms);
  void End() { due_ = absl::InfiniteFuture(); }

  // Something changed that the control plane should know now.
  void News(absl::Time now);
  // Says how much it says: what its stream has heard nothing of.
  ReportExtent Sent(absl::Time now);
  // It named so many targets: the next gives it time to pay off, unless there
  // is news.
  void Weigh(int targets);
  // The last one did not get through.
  void Lost() { heard_nothing_ = true; }

  // InfiniteFuture() while there is no stream.
  absl::Time due() const { return due_; }

 private:
  absl::Time Soonest(absl::Time now) const;

  Random& random_;
  absl::Duration interval_;
  ReportExtent later_ = ReportExtent::kWhole;
  absl::Time last_ = absl::InfinitePast();
  absl::Time due_ = absl::InfiniteFuture();
  // Since the last report.
  bool news_ = false;
  bool heard_nothing_ = true;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_REPORT_PACE_H_
