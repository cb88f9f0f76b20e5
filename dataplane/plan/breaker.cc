#include "dataplane/plan/breaker.h"

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"

namespace weir::dataplane {
namespace {

constexpr std::uint32_t kConnectFailures = 3;
constexpr int kLongestPause = 10;  // Times the first.

}  // namespace

BreakerState Breaker::state(absl::Time now) const {
  if (!open_) return BreakerState::kClosed;
  return probing_ || now < open_until_ ? BreakerState::kOpen
                                       : BreakerState::kHalfOpen;
}

void Breaker::OnStart(absl::Time now) {
  if (open_ && now >= open_until_) probing_ = true;
}

void Breaker::OnBegun() {
  if (!probing_) return;
  probing_ = false;
  open_ = false;
  open_until_ = absl::InfinitePast();
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
  } else if (!open_ && HasFailedEnough()) {
    Open(now);
  }
}

void Breaker::OnAbandoned() { probing_ = false; }

void Breaker::OnVouched(absl::Time now) {
  if (open_) open_until_ = std::min(open_until_, now);
}

bool Breaker::HasFailedEnough() const {
  return failures_ >= params_.failures ||
         connect_failures_ >= std::min(kConnectFailures, params_.failures);
}

void Breaker::Open(absl::Time now) {
  open_ = true;
  pause_ = pause_ == absl::ZeroDuration()
               ? params_.recovery
               : std::min(pause_ * 2, params_.recovery * kLongestPause);
  open_until_ = now + pause_;
}

}  // namespace weir::dataplane
