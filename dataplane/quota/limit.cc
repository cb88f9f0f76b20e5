#include "dataplane/quota/limit.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"

namespace weir::dataplane {
namespace {

// A chat's answer, before the first one was seen.
constexpr double kFirstExpectation = 250;
constexpr double kExpectationGain = 0.1;
// A place is free when some request ends, which nobody can foretell.
constexpr absl::Duration kPlaceWait = absl::Seconds(1);

}  // namespace

Limit::Limit(std::string id, LimitKind kind, std::uint64_t capacity,
             absl::Time now)
    : id_(std::move(id)),
      kind_(kind),
      capacity_(capacity),
      bucket_(static_cast<double>(capacity), now),
      places_(static_cast<std::int64_t>(capacity)),
      expected_(kFirstExpectation) {}

std::optional<absl::Duration> Limit::Take(double amount, absl::Time now) {
  wanted_.fetch_add(static_cast<std::uint64_t>(std::llround(amount)),
                    std::memory_order_relaxed);
  const std::optional<absl::Duration> wait =
      kind_ == LimitKind::kConcurrent ? TakePlace() : bucket_.Take(amount, now);
  if (wait.has_value()) {
    refused_.fetch_add(static_cast<std::uint64_t>(std::llround(amount)),
                       std::memory_order_relaxed);
  }
  return wait;
}

std::optional<absl::Duration> Limit::TakePlace() {
  if (held_.fetch_add(1, std::memory_order_relaxed) <
      places_.load(std::memory_order_relaxed)) {
    return std::nullopt;
  }
  Release();
  return kPlaceWait;
}

void Limit::Settle(double difference, absl::Time now) {
  bucket_.Charge(difference, now);
  // Demand is what is used, not what was thought.
  wanted_.fetch_add(
      static_cast<std::uint64_t>(std::llround(difference)),  // Wraps, as meant.
      std::memory_order_relaxed);
}

absl::Duration Limit::Wait(absl::Time now) const {
  if (kind_ != LimitKind::kConcurrent) return bucket_.UntilAny(now);
  return held() < static_cast<std::uint64_t>(share()) ? absl::ZeroDuration()
                                                      : kPlaceWait;
}

void Limit::NoteUsed(double beyond) {
  // Two who do this at once lose one of the two, which changes no average.
  expected_.store(
      expected() + kExpectationGain * (std::max(0.0, beyond) - expected()),
      std::memory_order_relaxed);
}

bool Limit::TakeNews() {
  return !leased_.load(std::memory_order_relaxed) &&
         !news_told_.exchange(true, std::memory_order_relaxed);
}

void Limit::SetCapacity(std::uint64_t capacity, absl::Time now) {
  const std::uint64_t before = capacity_.exchange(capacity);
  if (before == capacity) return;
  // The same part of it, until the control plane says another.
  SetShare(share() * static_cast<double>(capacity) /
               static_cast<double>(std::max<std::uint64_t>(before, 1)),
           now);
}

void Limit::OnLease(double share, absl::Time until, absl::Time now) {
  lease_until_ = until;
  leased_.store(true, std::memory_order_relaxed);
  news_told_.store(false, std::memory_order_relaxed);
  SetShare(std::min(share, static_cast<double>(capacity())), now);
}

void Limit::OnNoLease(std::uint32_t nodes, absl::Time now) {
  lease_until_ = absl::InfiniteFuture();
  leased_.store(false, std::memory_order_relaxed);
  news_told_.store(false, std::memory_order_relaxed);
  SetShare(EvenShare(nodes), now);
}

void Limit::Refresh(std::uint32_t nodes, absl::Time now) {
  if (now < lease_until_) return;
  lease_until_ = absl::InfiniteFuture();
  SetShare(std::max(share(), EvenShare(nodes)), now);
}

double Limit::EvenShare(std::uint32_t nodes) const {
  const double even =
      static_cast<double>(capacity()) / std::max<std::uint32_t>(nodes, 1);
  return kind_ == LimitKind::kConcurrent ? std::max(1.0, std::floor(even))
                                         : even;
}

void Limit::SetShare(double share, absl::Time now) {
  places_.store(static_cast<std::int64_t>(share), std::memory_order_relaxed);
  bucket_.SetRate(share, now);
}

double Limit::share() const {
  return kind_ == LimitKind::kConcurrent
             ? static_cast<double>(places_.load(std::memory_order_relaxed))
             : bucket_.rate();
}

std::uint64_t Limit::held() const {
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, held_.load(std::memory_order_relaxed)));
}

std::uint64_t Limit::Remaining(absl::Time now) const {
  const double left = kind_ == LimitKind::kConcurrent
                          ? share() - static_cast<double>(held())
                          : bucket_.Level(now);
  return static_cast<std::uint64_t>(std::max(0.0, std::floor(left + 1e-6)));
}

absl::Duration Limit::UntilFull(absl::Time now) const {
  return kind_ == LimitKind::kConcurrent ? absl::ZeroDuration()
                                         : bucket_.UntilFull(now);
}

}  // namespace weir::dataplane
