// Counts durations in buckets, as a histogram of /metrics shows them.
#ifndef WEIR_DATAPLANE_LATENCY_HISTOGRAM_H_
#define WEIR_DATAPLANE_LATENCY_HISTOGRAM_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace weir::dataplane {

// `kBounds`: upper bounds in seconds, ascending; a bound belongs to its bucket.
// The last bucket is for everything above. Plain numbers of one thread.
template <const auto& kBounds>
struct LatencyHistogram {
  std::array<std::uint64_t, kBounds.size() + 1> buckets{};
  double sum_seconds = 0;

  void Add(absl::Duration latency) {
    const double seconds = absl::ToDoubleSeconds(latency);
    const auto bound =
        std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
    ++buckets[static_cast<std::size_t>(bound - kBounds.begin())];
    sum_seconds += seconds;
  }

  void Merge(const LatencyHistogram& other) {
    for (std::size_t i = 0; i < buckets.size(); ++i) {
      buckets[i] += other.buckets[i];
    }
    sum_seconds += other.sum_seconds;
  }
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_LATENCY_HISTOGRAM_H_
