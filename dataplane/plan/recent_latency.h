// What a target usually took lately.
#ifndef WEIR_DATAPLANE_PLAN_RECENT_LATENCY_H_
#define WEIR_DATAPLANE_PLAN_RECENT_LATENCY_H_

#include <optional>

#include "absl/time/time.h"
#include "common/latency_sketch.h"

namespace weir::dataplane {

// The p95 of the last one to two minutes, from a sketch that only grows.
//
// Pure; not thread-safe.
class RecentLatency {
 public:
  // `all`: everything that was measured until `now`. nullopt while fewer than
  // 20 measurements are recent: the 95th of 100 is the 19th of 20, and of
  // fewer it is merely the slowest. Looked at again once a second.
  std::optional<absl::Duration> P95(const LatencySketch& all, absl::Time now);

 private:
  // `all` at the begin of this window, and of the one before.
  LatencySketch earlier_;
  LatencySketch before_that_;
  absl::Time window_began_ = absl::InfinitePast();
  absl::Time looked_at_ = absl::InfinitePast();
  std::optional<absl::Duration> p95_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_RECENT_LATENCY_H_
