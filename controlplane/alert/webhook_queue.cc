#include "controlplane/alert/webhook_queue.h"

#include <utility>

namespace weir::controlplane {

bool WebhookQueue::Push(Alert alert) {
  waiting_.push_back(std::move(alert));
  if (waiting_.size() <= kMaxWaiting) return false;
  // The first may be under way.
  waiting_.erase(waiting_.begin() + 1);
  return true;
}

WebhookQueue::Verdict WebhookQueue::OnTried(const absl::Status& status,
                                            absl::Time now) {
  if (!tried_since_.has_value()) tried_since_ = now;
  Outcome outcome = Outcome::kToBeTriedAgain;
  if (status.ok()) {
    outcome = Outcome::kDelivered;
  } else if (absl::IsInvalidArgument(status) ||
             absl::IsPermissionDenied(status)) {
    outcome = Outcome::kRefused;
  } else if (now - *tried_since_ >= kPatience) {
    outcome = Outcome::kGivenUp;
  }
  if (outcome == Outcome::kToBeTriedAgain) return {outcome, backoff_.Next()};
  waiting_.pop_front();
  tried_since_ = std::nullopt;
  // A receiver that is away for one message is away for the next one too.
  if (outcome != Outcome::kGivenUp) backoff_.Reset();
  return {outcome};
}

}  // namespace weir::controlplane
