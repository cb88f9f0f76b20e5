#include "dataplane/plan/recent_latency.h"

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "common/latency_sketch.h"

namespace weir::dataplane {
namespace {

constexpr absl::Duration kWindow = absl::Minutes(1);
constexpr absl::Duration kRefresh = absl::Seconds(1);
constexpr std::uint64_t kEnough = 20;

}  // namespace

std::optional<absl::Duration> RecentLatency::P95(const LatencySketch& all,
                                                 absl::Time now) {
  if (now - looked_at_ < kRefresh) return p95_;
  looked_at_ = now;
  if (now - window_began_ >= kWindow) {
    // Nobody asked for so long: what was measured meanwhile is old or new.
    const bool missed = now - window_began_ >= 2 * kWindow;
    before_that_ =
        missed && window_began_ != absl::InfinitePast() ? all : earlier_;
    earlier_ = all;
    window_began_ = now;
  }
  const LatencySketch recent = all.Since(before_that_);
  p95_ = recent.count() < kEnough ? std::nullopt : recent.Quantile(0.95);
  return p95_;
}

}  // namespace weir::dataplane
