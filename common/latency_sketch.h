// A distribution of latencies in 144 logarithmic buckets.
#ifndef WEIR_COMMON_LATENCY_SKETCH_H_
#define WEIR_COMMON_LATENCY_SKETCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace weir {

// Bucket i counts latencies from 1.1^i to 1.1^(i+1) milliseconds; bucket 0 also
// everything below 1 ms, bucket 143 everything above 15 minutes. A quantile is
// therefore within 5 % of the truth. The same buckets travel in
// weir.routing.v1.LatencySketch.
//
// Counts only grow, so the difference of two sketches of one source, an
// earlier and a later, is the distribution of what came between.
//
// Plain data, not thread-safe.
class LatencySketch {
 public:
  static constexpr std::size_t kBuckets = 144;

  // Where a latency counts.
  static std::size_t BucketOf(absl::Duration latency);

  void Add(absl::Duration latency);
  // Adds `count` latencies to bucket `bucket`. Out of range is ignored: counts
  // come from peers.
  void AddToBucket(std::size_t bucket, std::uint64_t count);
  void Merge(const LatencySketch& other);

  // What came after `earlier`. If `earlier` is not a past of this sketch (its
  // source restarted), everything in this one.
  LatencySketch Since(const LatencySketch& earlier) const;

  // The latency below which a share `q` of the counts lies, 0 <= q <= 1, as the
  // geometric middle of its bucket; nullopt when empty.
  std::optional<absl::Duration> Quantile(double q) const;

  std::uint64_t count() const { return count_; }
  std::uint64_t bucket(std::size_t i) const { return buckets_[i]; }

 private:
  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
};

}  // namespace weir

#endif  // WEIR_COMMON_LATENCY_SKETCH_H_
