#include "dataplane/attempt/retry.h"

#include <algorithm>

#include "absl/time/time.h"
#include "dataplane/attempt/failure.h"

namespace weir::dataplane {
namespace {

// A client rather hears a 429 than waits longer for one that may come anyway.
constexpr absl::Duration kLongestHint = absl::Seconds(2);
constexpr absl::Duration kBackoffBase = absl::Seconds(1);

}  // namespace

void Retry::OnFailure(const Failure& failure) {
  last_ = failure;
  permitted_ = false;
}

bool Retry::MaySendAgain(absl::Time now) {
  const Failure& failure = *last_;
  if (failure.blame == Blame::kNobody || failure.after_long_work) return false;
  if (failure.stage == Stage::kConnect) return true;
  if (replay_ == Replay::kForbidden) {
    // A refusal says that nothing was done; anything else may have been work.
    return failure.blame != Blame::kEndpoint;
  }
  if (failure.stage == Stage::kUnanswered) return true;
  return budget_.Take(now);
}

Retry::Step Retry::Next(absl::Time now, double random) {
  if (attempts_ >= kMaxAttempts || now >= deadline_) return GiveUp{};
  // Asked once a failure: it may take from the budget.
  if (!permitted_ && !MaySendAgain(now)) return GiveUp{};
  permitted_ = true;
  if (next_ < plan_.candidates().size()) {
    ++attempts_;
    return Try{plan_.candidates()[next_++]};
  }
  return NextAfterWaiting(now, random);
}

// Nothing else is left: the first candidate once more, after a while.
Retry::Step Retry::NextAfterWaiting(absl::Time now, double random) {
  if (!last_.has_value()) return GiveUp{};
  if (waited_) {
    waited_ = false;
    ++attempts_;
    return Try{plan_.candidates().front()};
  }
  // Another credential or model name won't come from waiting.
  if (last_->blame != Blame::kEndpoint && last_->blame != Blame::kRateLimited) {
    return GiveUp{};
  }
  absl::Duration delay = kBackoffBase * (1 << (attempts_ - 1)) * random;
  if (last_->retry_after.has_value()) {
    if (*last_->retry_after > kLongestHint) return GiveUp{};
    delay = std::max(delay, *last_->retry_after);
  }
  if (now + delay >= deadline_) return GiveUp{};
  waited_ = true;
  return Wait{delay};
}

}  // namespace weir::dataplane
