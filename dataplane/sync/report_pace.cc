#include "dataplane/sync/report_pace.h"

#include <algorithm>
#include <utility>

#include "absl/time/time.h"

namespace weir::dataplane {
namespace {

// For a control plane that states none or nonsense.
constexpr absl::Duration kDefaultInterval = absl::Seconds(5);
constexpr absl::Duration kMaxInterval = absl::Minutes(5);

}  // namespace

void ReportPace::Begin(absl::Time now, const ReportTerms& terms) {
  later_ = terms.later;
  interval_ = terms.interval > absl::ZeroDuration()
                  ? std::clamp(terms.interval, kMinGap, kMaxInterval)
                  : kDefaultInterval;
  heard_nothing_ = true;
  due_ = Soonest(now);
}

void ReportPace::News(absl::Time now) {
  if (due_ == absl::InfiniteFuture()) return;
  news_ = true;
  due_ = std::min(due_, Soonest(now));
}

ReportExtent ReportPace::Sent(absl::Time now) {
  last_ = now;
  news_ = false;
  if (due_ != absl::InfiniteFuture()) {
    due_ = now + std::max(kMinGap, interval_ * (0.8 + 0.4 * random_.Uniform()));
  }
  return std::exchange(heard_nothing_, false) ? ReportExtent::kWhole : later_;
}

void ReportPace::Weigh(int targets) {
  if (news_) return;
  due_ = std::max(due_, last_ + targets * kPerTarget);
}

absl::Time ReportPace::Soonest(absl::Time now) const {
  return std::max(now, last_ + kMinGap);
}

}  // namespace weir::dataplane
