#include "controlplane/health/usual_latency.h"

#include <algorithm>

#include "absl/time/time.h"

namespace weir::controlplane {
namespace {

constexpr absl::Duration kTimeUp = absl::Minutes(10);
constexpr absl::Duration kTimeDown = absl::Minutes(1);
// Below this nobody notices: jitter is no brown-out.
constexpr absl::Duration kUnnoticed = absl::Milliseconds(20);
constexpr double kTolerated = 4;

}  // namespace

void UsualLatency::Add(absl::Duration latency, absl::Time now) {
  if (!usual_.has_value()) {
    usual_ = latency;
  } else {
    const absl::Duration time = latency > *usual_ ? kTimeUp : kTimeDown;
    const double share = std::min(1., absl::FDivDuration(now - last_, time));
    *usual_ += share * (latency - *usual_);
  }
  last_ = now;
}

double UsualLatency::Factor(absl::Duration current) const {
  if (!usual_.has_value() || current <= absl::ZeroDuration()) return 1;
  const absl::Duration tolerated = kTolerated * std::max(*usual_, kUnnoticed);
  const double kept = std::min(1., absl::FDivDuration(tolerated, current));
  return kept * kept;
}

}  // namespace weir::controlplane
