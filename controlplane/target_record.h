// One target: what is watched of it, what was seen, and what is read from that.
#ifndef WEIR_CONTROLPLANE_TARGET_RECORD_H_
#define WEIR_CONTROLPLANE_TARGET_RECORD_H_

#include "absl/time/time.h"
#include "controlplane/fleet_plan.h"
#include "controlplane/health/health.h"
#include "controlplane/model_view.h"
#include "controlplane/score/score.h"

namespace weir::controlplane {

// Not thread-safe.
class TargetRecord {
 public:
  // Without news, what time does to a target shows this late at most. Views are
  // made several times a second, and of a thousand targets a few have news.
  static constexpr absl::Duration kReadingAge = absl::Seconds(1);
  // Of one that is well and has no traffic: its latencies grow old, and no
  // more, until it is stale, which shows at once.
  static constexpr absl::Duration kCalmReadingAge = absl::Seconds(10);

  WatchPlan plan;
  // The plan's, as long as probes are what it thinks they are.
  Thresholds thresholds;

  const Health& health() const { return health_; }

  // To fold news into; the next Read() sees it.
  Health& News() {
    read_at_ = absl::InfinitePast();
    return health_;
  }

  // Judges it and reads it, unless the last reading still holds.
  const Reading& Read(const ScoreParams& params, absl::Time now);

  // The operator's own limits leave this share. Call after each Read().
  void LimitHeadroom(double headroom);

  // The last one, where it always is.
  const Reading& reading() const { return reading_; }

 private:
  // Whether the last reading holds without news.
  bool Holds(absl::Time now) const;

  Health health_;
  Reading reading_;
  absl::Time read_at_ = absl::InfinitePast();
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_TARGET_RECORD_H_
