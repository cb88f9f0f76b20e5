#include "dataplane/quota/rate_bucket.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace weir::dataplane {
namespace {

constexpr double kMinuteNs = 60e9;
// Less than one in two years is nothing, and keeps sums far from overflow.
constexpr double kLeastRate = 1e-6;
// Just under two: one at once, and no part of the next is lost.
constexpr double kLeastRoom = 1.99;
// Debts end there: a century's worth would overflow.
constexpr double kLongestNs = 1e18;

double NsPerUnit(double rate) { return kMinuteNs / std::max(rate, kLeastRate); }

std::int64_t CostNs(double amount, double ns_per_unit) {
  return static_cast<std::int64_t>(
      std::clamp(amount * ns_per_unit, -kLongestNs, kLongestNs));
}

// What it takes to fill an empty one.
std::int64_t BurstNs(double ns_per_unit) {
  return std::max(absl::ToInt64Nanoseconds(RateBucket::kBurst),
                  CostNs(kLeastRoom, ns_per_unit));
}

}  // namespace

RateBucket::RateBucket(double rate, absl::Time now)
    : ns_per_unit_(NsPerUnit(rate)) {
  const double per_unit = NsPerUnit(rate);
  const auto first = std::max<std::int64_t>(
      absl::ToInt64Nanoseconds(kFirstBurst), CostNs(1, per_unit));
  full_at_ns_ = absl::ToUnixNanos(now) +
                std::max<std::int64_t>(0, BurstNs(per_unit) - first);
}

double RateBucket::rate() const {
  return kMinuteNs / ns_per_unit_.load(std::memory_order_relaxed);
}

void RateBucket::SetRate(double rate, absl::Time now) {
  const std::int64_t now_ns = absl::ToUnixNanos(now);
  const double before = ns_per_unit_.load(std::memory_order_relaxed);
  const double after = NsPerUnit(rate);
  if (before == after) return;
  // Who takes at this moment may pay the old price for it: one unit's worth.
  std::int64_t seen = full_at_ns_.load(std::memory_order_relaxed);
  std::int64_t next = 0;
  do {
    const std::int64_t missing = std::max<std::int64_t>(0, seen - now_ns);
    const double level =
        static_cast<double>(BurstNs(before) - missing) / before;
    const std::int64_t room = BurstNs(after);
    next = now_ns + std::max<std::int64_t>(0, room - CostNs(level, after));
  } while (!full_at_ns_.compare_exchange_weak(seen, next,
                                              std::memory_order_relaxed));
  ns_per_unit_.store(after, std::memory_order_relaxed);
}

std::optional<absl::Duration> RateBucket::Take(double amount, absl::Time now) {
  const std::int64_t now_ns = absl::ToUnixNanos(now);
  const double per_unit = ns_per_unit_.load(std::memory_order_relaxed);
  const std::int64_t burst = BurstNs(per_unit);
  const std::int64_t cost = CostNs(amount, per_unit);
  std::int64_t seen = full_at_ns_.load(std::memory_order_relaxed);
  for (;;) {
    const std::int64_t begin = std::max(seen, now_ns);
    const std::int64_t next = begin + cost;
    if (next - now_ns > burst && begin > now_ns) {
      // When there is room, or when it is full.
      return absl::Nanoseconds(std::min(next - now_ns - burst, begin - now_ns));
    }
    if (full_at_ns_.compare_exchange_weak(seen, next,
                                          std::memory_order_relaxed)) {
      return std::nullopt;
    }
  }
}

void RateBucket::Charge(double amount, absl::Time now) {
  const std::int64_t now_ns = absl::ToUnixNanos(now);
  const std::int64_t cost =
      CostNs(amount, ns_per_unit_.load(std::memory_order_relaxed));
  std::int64_t seen = full_at_ns_.load(std::memory_order_relaxed);
  std::int64_t next = 0;
  do {
    next = std::max(seen, now_ns) + cost;
  } while (!full_at_ns_.compare_exchange_weak(seen, next,
                                              std::memory_order_relaxed));
}

double RateBucket::Level(absl::Time now) const {
  const double per_unit = ns_per_unit_.load(std::memory_order_relaxed);
  const std::int64_t missing = absl::ToInt64Nanoseconds(UntilFull(now));
  return static_cast<double>(BurstNs(per_unit) - missing) / per_unit;
}

absl::Duration RateBucket::UntilFull(absl::Time now) const {
  return absl::Nanoseconds(std::max<std::int64_t>(
      0, full_at_ns_.load(std::memory_order_relaxed) - absl::ToUnixNanos(now)));
}

absl::Duration RateBucket::UntilAny(absl::Time now) const {
  const double per_unit = ns_per_unit_.load(std::memory_order_relaxed);
  const std::int64_t wait = absl::ToInt64Nanoseconds(UntilFull(now)) -
                            BurstNs(per_unit) + CostNs(1, per_unit);
  return absl::Nanoseconds(std::max<std::int64_t>(0, wait));
}

}  // namespace weir::dataplane
