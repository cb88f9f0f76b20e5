#include "common/latency_sketch.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace weir {
namespace {

constexpr double kGrowth = 1.1;

}  // namespace

std::size_t LatencySketch::BucketOf(absl::Duration latency) {
  const double ms = absl::ToDoubleMilliseconds(latency);
  if (!(ms > 1.0)) return 0;
  const double index = std::floor(std::log(ms) / std::log(kGrowth));
  return static_cast<std::size_t>(
      std::min(index, static_cast<double>(kBuckets - 1)));
}

void LatencySketch::Add(absl::Duration latency) {
  ++buckets_[BucketOf(latency)];
  ++count_;
}

void LatencySketch::AddToBucket(std::size_t bucket, std::uint64_t count) {
  if (bucket >= kBuckets) return;
  buckets_[bucket] += count;
  count_ += count;
}

void LatencySketch::Merge(const LatencySketch& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
}

LatencySketch LatencySketch::Since(const LatencySketch& earlier) const {
  LatencySketch result;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (earlier.buckets_[i] > buckets_[i]) return *this;
    result.AddToBucket(i, buckets_[i] - earlier.buckets_[i]);
  }
  return result;
}

std::optional<absl::Duration> LatencySketch::Quantile(double q) const {
  if (count_ == 0) return std::nullopt;
  const double wanted = std::clamp(q, 0.0, 1.0) * static_cast<double>(count_);
  std::uint64_t below = 0;
  std::size_t bucket = 0;
  for (; bucket + 1 < kBuckets; ++bucket) {
    below += buckets_[bucket];
    if (below > 0 && static_cast<double>(below) >= wanted) break;
  }
  return absl::Milliseconds(
      std::pow(kGrowth, static_cast<double>(bucket) + 0.5));
}

}  // namespace weir
