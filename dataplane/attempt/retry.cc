#include "dataplane/attempt/retry.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "common/max_attempts.h"
#include "common/random.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/plan/plan.h"

namespace weir::dataplane {
namespace {

// A client rather hears a 429 than waits longer for one that may come anyway.
constexpr absl::Duration kLongestWait = absl::Seconds(2);
constexpr absl::Duration kBackoffBase = absl::Seconds(1);

}  // namespace

void Retry::OnSkipped() {
  --attempts_;
  exhausted_ = waited_;
}

void Retry::OnHedged() {
  ++attempts_;
  ++next_;
}

void Retry::OnFailure(const Candidate& candidate, const Failure& failure,
                      Pool pool) {
  last_ = failure;
  permitted_ = false;
  waited_ = false;
  if (pool == Pool::kHasAnother) same_target_ = candidate;
}

bool Retry::MaySendAgain(absl::Time now) {
  const Failure& failure = *last_;
  if (failure.short_of_files) return true;
  if (failure.blame == Blame::kNobody || failure.after_long_work) return false;
  if (failure.stage == Stage::kConnect) return true;
  if (replay_ == Replay::kForbidden && failure.blame == Blame::kEndpoint) {
    // A refusal says that nothing was done; anything else may have been work.
    return false;
  }
  if (failure.stage == Stage::kUnanswered) return true;
  return budget_.Take(now);
}

Retry::Step Retry::Next(absl::Time now, Random& random) {
  if (attempts_ >= kMaxAttempts || exhausted_ || now >= deadline_) {
    return GiveUp{};
  }
  // Asked once a failure: it may take from the budget.
  if (!permitted_ && !MaySendAgain(now)) return GiveUp{};
  permitted_ = true;
  if (const auto candidate = TakeSameTarget()) return Begin(*candidate);
  if (!rest().empty()) return Begin(plan_.candidates()[next_++]);
  return NextAfterWaiting(now, random);
}

// Another credential of a target comes after the model's other targets and
// before other models.
std::optional<Candidate> Retry::TakeSameTarget() {
  if (!same_target_.has_value()) return std::nullopt;
  if (!rest().empty() && rest().front().model == same_target_->model) {
    return std::nullopt;
  }
  return std::exchange(same_target_, std::nullopt);
}

Retry::Step Retry::Begin(const Candidate& candidate) {
  ++attempts_;
  return Try{candidate};
}

// Nothing else is left: the first candidate once more, after a while.
Retry::Step Retry::NextAfterWaiting(absl::Time now, Random& random) {
  if (!last_.has_value()) return GiveUp{};
  if (waited_) return Begin(plan_.candidates().front());
  // Another credential or model name won't come from waiting.
  if (last_->blame != Blame::kEndpoint && last_->blame != Blame::kRateLimited) {
    return GiveUp{};
  }
  absl::Duration delay =
      kBackoffBase * (1 << (attempts_ - 1)) * random.Uniform();
  if (last_->retry_after.has_value()) {
    if (*last_->retry_after > kLongestWait) return GiveUp{};
    delay = std::max(delay, *last_->retry_after);
  }
  if (now + delay >= deadline_) return GiveUp{};
  waited_ = true;
  return Wait{delay};
}

}  // namespace weir::dataplane
