#include "dataplane/read/load_shedding.h"

#include <algorithm>

#include "absl/time/time.h"
#include "dataplane/io/timer_wheel.h"

namespace weir::dataplane {
namespace {

constexpr absl::Duration kWatchEvery = absl::Milliseconds(50);
constexpr double kGrowthASecond = 0.5;
constexpr double kDeclineASecond = 0.25;
// Some are always served: how else would it be seen that they can be.
constexpr double kMaxShare = 0.95;

}  // namespace

double NextShedShare(double share, absl::Duration delay,
                     absl::Duration elapsed) {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  const double next = delay > LoadShedding::kLongestDelay
                          ? share + kGrowthASecond * seconds
                          : share - kDeclineASecond * seconds;
  return std::clamp(next, 0.0, kMaxShare);
}

LoadShedding::LoadShedding(io::TimerWheel& wheel)
    : wheel_(wheel),
      timer_(
          wheel,
          [](void* self) { static_cast<LoadShedding*>(self)->OnTimer(); },
          this) {}

void LoadShedding::Watch() {
  is_watching_ = true;
  has_requests_ = false;
  begun_ = wheel_.Now();
  timer_.Set(begun_ + kWatchEvery);
}

void LoadShedding::OnTimer() {
  const absl::Duration elapsed = wheel_.Now() - begun_;
  const absl::Duration delay = elapsed - kWatchEvery;
  share_ = NextShedShare(share_, std::min(delay, last_delay_), elapsed);
  last_delay_ = delay;
  is_watching_ = false;
  if (has_requests_ || share_ > 0) {
    Watch();
  } else {
    last_delay_ = absl::ZeroDuration();
  }
}

}  // namespace weir::dataplane
