#include "controlplane/target_record.h"

#include <algorithm>

#include "absl/time/time.h"
#include "controlplane/health/fold.h"
#include "controlplane/health/summary.h"
#include "controlplane/model_view.h"
#include "controlplane/score/score.h"

namespace weir::controlplane {

bool TargetRecord::Holds(absl::Time now) const {
  const HealthSummary& health = reading_.health;
  const bool calm = health.verdict == Verdict::kUp && !health.troubled &&
                    health.allowance == 1 && health.requests_last_minute == 0;
  const bool turns_stale =
      !health.stale && now - health_.last_news > thresholds.stale_after;
  return !turns_stale &&
         now - read_at_ < (calm ? kCalmReadingAge : kReadingAge);
}

const Reading& TargetRecord::Read(const ScoreParams& params, absl::Time now) {
  if (!Holds(now)) {
    Judge(thresholds, now, health_);
    reading_.health = Summarize(health_, thresholds, now);
    reading_.score = Score(reading_.health, params);
    reading_.headroom = reading_.health.headroom;
    ++reading_.changes;
    read_at_ = now;
  }
  return reading_;
}

void TargetRecord::LimitHeadroom(double headroom) {
  const double left = std::min(reading_.health.headroom.value_or(1), headroom);
  if (reading_.headroom == left) return;
  reading_.headroom = left;
  ++reading_.changes;
}

}  // namespace weir::controlplane
