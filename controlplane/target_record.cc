#include "controlplane/target_record.h"

#include <algorithm>

#include "absl/time/time.h"
#include "controlplane/health/fold.h"
#include "controlplane/health/summary.h"
#include "controlplane/model_view.h"
#include "controlplane/score/score.h"

namespace weir::controlplane {

const Reading& TargetRecord::Read(const ScoreParams& params, absl::Time now) {
  if (now - read_at_ >= kReadingAge) {
    Judge(thresholds, now, health_);
    reading_.health = Summarize(health_, thresholds, now);
    reading_.score = Score(reading_.health, params);
    read_at_ = now;
  }
  reading_.headroom = reading_.health.headroom;
  return reading_;
}

void TargetRecord::LimitHeadroom(double headroom) {
  reading_.headroom = std::min(reading_.headroom.value_or(1), headroom);
}

}  // namespace weir::controlplane
