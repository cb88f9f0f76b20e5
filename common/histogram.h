// Durations in buckets that are 1/64 apart at most: quantiles within 1.6 %, at
// a cost of one increment.
#ifndef WEIR_COMMON_HISTOGRAM_H_
#define WEIR_COMMON_HISTOGRAM_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace weir {

// Plain data, not thread-safe.
class Histogram {
 public:
  using Nanoseconds = std::chrono::nanoseconds;

  // REQUIRES: `duration` is not negative. Over an hour counts as an hour.
  void Record(Nanoseconds duration);

  std::uint64_t count() const { return count_; }
  // The largest that was recorded; nullopt for none.
  std::optional<Nanoseconds> Max() const;
  std::optional<Nanoseconds> Mean() const;
  // A value that `share` of all do not exceed; nullopt for none.
  // REQUIRES: 0 < share <= 1.
  std::optional<Nanoseconds> Quantile(double share) const;

 private:
  static constexpr int kSubBits = 6;
  static constexpr std::size_t kBuckets = (42 - kSubBits + 1) << kSubBits;

  static std::size_t BucketOf(std::uint64_t ns);
  // The largest value that falls into the bucket.
  static std::uint64_t TopOf(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace weir

#endif  // WEIR_COMMON_HISTOGRAM_H_
