// Counts numbers in buckets, as a histogram of /metrics shows them.
#ifndef WEIR_DATAPLANE_BUCKET_COUNTS_H_
#define WEIR_DATAPLANE_BUCKET_COUNTS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace weir::dataplane {

// `kBounds`: upper bounds, ascending; a bound belongs to its bucket. The last
// bucket is for everything above. Plain numbers of one thread.
template <const auto& kBounds>
struct BucketCounts {
  std::array<std::uint64_t, kBounds.size() + 1> buckets{};
  double sum = 0;

  void Add(double value) {
    // One after the other: there are few, and most that is counted is in the
    // lower ones.
    std::size_t bucket = 0;
    while (bucket < kBounds.size() && value > kBounds[bucket]) ++bucket;
    ++buckets[bucket];
    sum += value;
  }

  // Where the bounds are seconds.
  void Add(absl::Duration duration) { Add(absl::ToDoubleSeconds(duration)); }

  void Merge(const BucketCounts& other) {
    for (std::size_t i = 0; i < buckets.size(); ++i) {
      buckets[i] += other.buckets[i];
    }
    sum += other.sum;
  }
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_BUCKET_COUNTS_H_
