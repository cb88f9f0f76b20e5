#include "controlplane/health/rate_limit.h"

#include <algorithm>
#include <optional>

#include "absl/time/time.h"

namespace weir::controlplane {
namespace {

constexpr double kStep = 0.8;
constexpr double kRecoveredInASecond = 0.02;
constexpr absl::Duration kOneEvent = absl::Seconds(1);
// Providers' limits are of a minute: with a fifth left, the last seconds of it
// are what a lower weight can still save.
constexpr double kLowHeadroom = 0.2;
constexpr double kSmallestFactor = 0.05;

}  // namespace

void RateLimit::OnLimited(absl::Time now) {
  if (now - since_ < kOneEvent) return;
  factor_ = kStep * Factor(now);
  since_ = now;
}

double RateLimit::Factor(absl::Time now) const {
  if (since_ == absl::InfinitePast()) return 1;
  return std::min(
      1.0, factor_ + kRecoveredInASecond * absl::ToDoubleSeconds(now - since_));
}

double HeadroomOf(double limit, double used) {
  return std::max(0.0, 1 - used / limit);
}

double HeadroomFactor(std::optional<double> headroom) {
  if (!headroom.has_value()) return 1;
  return std::clamp(*headroom / kLowHeadroom, kSmallestFactor, 1.0);
}

}  // namespace weir::controlplane
