#include "dataplane/read/load_shedding.h"

#include <algorithm>

#include "absl/time/time.h"
#include "dataplane/io/timer_wheel.h"

namespace weir::dataplane {
namespace {

constexpr absl::Duration kWatchEvery = absl::Milliseconds(50);
constexpr double kGrowthASecond = 0.5;
constexpr double kDeclineASecond = 0.25;
// What one turn says at most. A longer one was no work of the loop's: the
// machine was paused, and nobody is to be refused for that.
constexpr absl::Duration kLongestTurn = absl::Seconds(1);
// Some are always served: how else would it be seen that they can be.
constexpr double kMaxShare = 0.95;

}  // namespace

double NextShedShare(double share, LoopState state, absl::Duration elapsed) {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  const double next = state == LoopState::kOverloaded
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
  const absl::Duration elapsed = std::min(wheel_.Now() - begun_, kLongestTurn);
  const bool is_late = elapsed - kWatchEvery > kLongestDelay;
  late_for_ = is_late ? late_for_ + elapsed : absl::ZeroDuration();
  // While some are refused, the patience is spent.
  const bool is_overloaded = is_late && (share_ > 0 || late_for_ > kPatience);
  share_ = NextShedShare(
      share_, is_overloaded ? LoopState::kOverloaded : LoopState::kKeepsUp,
      elapsed);
  is_watching_ = false;
  if (has_requests_ || share_ > 0) {
    Watch();
  } else {
    late_for_ = absl::ZeroDuration();
  }
}

}  // namespace weir::dataplane
