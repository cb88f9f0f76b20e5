#include "controlplane/publish/subscription.h"

#include <utility>

namespace weir::controlplane {

Subscription::Subscription(std::optional<Version> config,
                           std::optional<Version> weights) {
  config_.running = std::move(config);
  weights_.running = std::move(weights);
}

void Subscription::Offer(Lane lane, PublicationPtr latest) {
  LaneState& state = lane == Lane::kConfig ? config_ : weights_;
  if (state.running == latest->version || state.refused == latest->version) {
    state.pending = nullptr;
  } else {
    state.pending = std::move(latest);
  }
}

PublicationPtr Subscription::TakeNext(absl::Time now) {
  if (sending_since_.has_value()) return nullptr;
  const bool config_first = !config_.running.has_value();
  const bool may_send_config =
      config_.pending != nullptr && !unanswered_since_.has_value();
  PublicationPtr next;
  if (may_send_config && (config_first || weights_.pending == nullptr)) {
    next = std::exchange(config_.pending, nullptr);
    config_.running = next->version;
    unanswered_since_ = now;
  } else if (weights_.pending != nullptr && !config_first) {
    next = std::exchange(weights_.pending, nullptr);
    weights_.running = next->version;
  }
  if (next != nullptr) sending_since_ = now;
  return next;
}

void Subscription::OnAnswer(Lane lane, const std::optional<Version>& running) {
  // Of the others several may be on their way: an answer is to none for sure.
  if (lane != Lane::kConfig || !unanswered_since_.has_value()) return;
  unanswered_since_.reset();
  if (config_.running == running) return;
  config_.refused = std::exchange(config_.running, running);
}

bool Subscription::IsStuck(absl::Time now) const {
  const auto too_long = [&](const std::optional<absl::Time>& since) {
    return since.has_value() && now - *since >= kPatience;
  };
  return too_long(sending_since_) || too_long(unanswered_since_);
}

}  // namespace weir::controlplane
