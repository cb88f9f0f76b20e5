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
// Another request may have what there was.
constexpr absl::Duration kGrantWait = absl::Seconds(1);

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
  const std::optional<absl::Duration> wait = TakeAtOnce(amount, now);
  if (wait.has_value()) {
    refused_.fetch_add(static_cast<std::uint64_t>(std::llround(amount)),
                       std::memory_order_relaxed);
  }
  return wait;
}

std::optional<absl::Duration> Limit::TakeAtOnce(double amount, absl::Time now) {
  if (kind_ == LimitKind::kConcurrent) return TakePlace(now);
  if (!asks_.load(std::memory_order_relaxed)) return bucket_.Take(amount, now);
  if (!TakeGrant()) return std::max(kGrantWait, ClosedFor(now));
  // So that the share, should it have to decide, knows of it; without debts,
  // since what was granted may be more than that.
  bucket_.Take(amount, now);
  return std::nullopt;
}

std::optional<absl::Duration> Limit::TakePlace(absl::Time now) {
  const std::int64_t held = held_.fetch_add(1, std::memory_order_relaxed);
  if (asks_.load(std::memory_order_relaxed)) {
    if (TakeGrant()) return std::nullopt;
    Release();
    return std::max(kPlaceWait, ClosedFor(now));
  }
  const std::int64_t least =
      unanswered_.load(std::memory_order_relaxed) ? 1 : 0;
  if (held < std::max(least, places_.load(std::memory_order_relaxed))) {
    return std::nullopt;
  }
  Release();
  return kPlaceWait;
}

bool Limit::TakeGrant() {
  std::int64_t left = grants_left_.load(std::memory_order_relaxed);
  while (left > 0) {
    if (grants_left_.compare_exchange_weak(left, left - 1,
                                           std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

absl::Duration Limit::ClosedFor(absl::Time now) const {
  return std::max(
      absl::ZeroDuration(),
      absl::FromUnixNanos(closed_until_ns_.load(std::memory_order_relaxed)) -
          now);
}

bool Limit::MayAsk(absl::Time now) const {
  return asks_.load(std::memory_order_relaxed) && waiting() < kMostWaiting &&
         ClosedFor(now) == absl::ZeroDuration();
}

std::uint64_t Limit::Ask() {
  // It will be counted when it takes again.
  wanted_.fetch_sub(1, std::memory_order_relaxed);
  refused_.fetch_sub(1, std::memory_order_relaxed);
  // Before its number: who reads both must not see a number that nobody waits
  // for.
  waiting_.fetch_add(1);
  return asked_.fetch_add(1) + 1;
}

bool Limit::IsAnswered(std::uint64_t number) const {
  return answered_.load() >= number || !asks_.load();
}

void Limit::EndAsk(AskEnd end) {
  waiting_.fetch_sub(1);
  if (end == AskEnd::kAnswered) return;
  asks_.store(false);
  unanswered_.store(true);
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
  // Looked at first: an exchange would take the line from other workers.
  return !leased_.load(std::memory_order_relaxed) &&
         !news_told_.load(std::memory_order_relaxed) &&
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

void Limit::OnAdmission(const std::optional<AdmissionWord>& word,
                        absl::Time now) {
  if (word.has_value()) {
    // What was granted before is taken, or lost with whoever granted it.
    const std::uint64_t fresh =
        word->granted - std::min(word->granted, granted_);
    granted_ = word->granted;
    grants_left_.fetch_add(static_cast<std::int64_t>(fresh),
                           std::memory_order_relaxed);
    closed_until_ns_.store(absl::ToUnixNanos(now + word->closed_for),
                           std::memory_order_relaxed);
  }
  unanswered_.store(false);
  asks_.store(word.has_value());
  // Last: who waits for it finds the rest.
  if (word.has_value()) {
    answered_.store(std::max(answered_.load(), word->answered));
  }
}

void Limit::Refresh(std::uint32_t nodes, absl::Time now) {
  if (now < lease_until_) return;
  lease_until_ = absl::InfiniteFuture();
  if (asks_.exchange(false)) unanswered_.store(true);
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

std::uint64_t Limit::TakeHeld() {
  if (kind_ == LimitKind::kConcurrent && waiting() == 0) {
    grants_left_.store(0, std::memory_order_relaxed);
  }
  // Before those that are held: one that is just taken counts twice rather than
  // not at all.
  const std::int64_t left = grants_left_.load();
  return held() + static_cast<std::uint64_t>(std::max<std::int64_t>(0, left));
}

std::uint64_t Limit::Remaining(absl::Time now) const {
  if (asks_.load()) {
    // One can be asked for.
    return ClosedFor(now) > absl::ZeroDuration() ? 0 : 1;
  }
  const double left = kind_ == LimitKind::kConcurrent
                          ? share() - static_cast<double>(held())
                          : bucket_.Level(now);
  return static_cast<std::uint64_t>(std::max(0.0, std::floor(left + 1e-6)));
}

absl::Duration Limit::UntilFull(absl::Time now) const {
  if (kind_ != LimitKind::kConcurrent && asks_.load()) return ClosedFor(now);
  return kind_ == LimitKind::kConcurrent ? absl::ZeroDuration()
                                         : bucket_.UntilFull(now);
}

}  // namespace weir::dataplane
