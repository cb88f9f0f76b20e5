#include "dataplane/plan/breaker.h"

#include <algorithm>

#include "absl/time/time.h"

namespace weir::dataplane {

BreakerState Breaker::state(absl::Time now) const {
  if (!open_) return BreakerState::kClosed;
  return probing_ || now < open_until_ ? BreakerState::kOpen
                                       : BreakerState::kHalfOpen;
}

void Breaker::OnStart(absl::Time now) {
  if (open_ && now >= open_until_) probing_ = true;
}

void Breaker::OnSuccess() {
  open_ = false;
  probing_ = false;
  failures_ = 0;
  connect_failures_ = 0;
  pause_ = absl::ZeroDuration();
  open_until_ = absl::InfinitePast();
}

void Breaker::OnFailure(Kind kind, absl::Time now) {
  ++failures_;
  connect_failures_ = kind == Kind::kConnect ? connect_failures_ + 1 : 0;
  if (probing_) {
    probing_ = false;
    Open(now);
  } else if (!open_ &&
             (failures_ >= params_.failures_to_open ||
              connect_failures_ >= params_.connect_failures_to_open)) {
    Open(now);
  }
}

void Breaker::OnAbandoned() { probing_ = false; }

void Breaker::Open(absl::Time now) {
  open_ = true;
  pause_ = pause_ == absl::ZeroDuration()
               ? params_.first_pause
               : std::min(pause_ * 2, params_.longest_pause);
  open_until_ = now + pause_;
}

}  // namespace weir::dataplane
