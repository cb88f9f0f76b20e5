#include "common/histogram.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace weir {
namespace {

constexpr std::uint64_t kHour =
    std::chrono::nanoseconds(std::chrono::hours(1)).count();

}  // namespace

// Values under 2^6 have a bucket each; above, every power of two is cut into
// 2^6 buckets of equal width.
std::size_t Histogram::BucketOf(std::uint64_t ns) {
  const int magnitude =
      std::max(0, static_cast<int>(std::bit_width(ns)) - 1 - kSubBits);
  return (static_cast<std::size_t>(magnitude) << kSubBits) + (ns >> magnitude);
}

std::uint64_t Histogram::TopOf(std::size_t bucket) {
  if (bucket < (2U << kSubBits)) return bucket;
  const std::size_t magnitude = (bucket >> kSubBits) - 1;
  const std::uint64_t head =
      (bucket & ((1U << kSubBits) - 1)) | (1U << kSubBits);
  return ((head + 1) << magnitude) - 1;
}

void Histogram::Record(Nanoseconds duration) {
  const std::uint64_t ns =
      std::min(kHour, static_cast<std::uint64_t>(duration.count()));
  ++buckets_[BucketOf(ns)];
  ++count_;
  sum_ += ns;
  max_ = std::max(max_, ns);
}

std::optional<Histogram::Nanoseconds> Histogram::Max() const {
  if (count_ == 0) return std::nullopt;
  return Nanoseconds(max_);
}

std::optional<Histogram::Nanoseconds> Histogram::Mean() const {
  if (count_ == 0) return std::nullopt;
  return Nanoseconds(sum_ / count_);
}

std::optional<Histogram::Nanoseconds> Histogram::Quantile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(
      std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen >= wanted && seen > 0) {
      return Nanoseconds(std::min(max_, TopOf(bucket)));
    }
  }
  return std::nullopt;
}

}  // namespace weir
