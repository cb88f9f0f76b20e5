#include "controlplane/alert/delivery_log.h"

#include <map>
#include <string>

namespace weir::controlplane {

void DeliveryLog::OnQueued(const std::string& alert_id,
                           const std::string& webhook) {
  MutexLock lock(&mutex_);
  states_[alert_id][webhook] = DeliveryState{};
  counts_.try_emplace(webhook);
  if (states_.size() <= kMaxAlerts) return;
  auto other = states_.begin();
  if (other->first == alert_id) ++other;
  states_.erase(other);
}

void DeliveryLog::OnDropped(const std::string& webhook) {
  MutexLock lock(&mutex_);
  ++counts_[webhook].given_up;
}

void DeliveryLog::OnTried(const std::string& alert_id,
                          const std::string& webhook,
                          const absl::Status& status,
                          WebhookQueue::Outcome outcome, absl::Time wall) {
  MutexLock lock(&mutex_);
  DeliveryCounts& counts = counts_[webhook];
  switch (outcome) {
    case WebhookQueue::Outcome::kDelivered:
      ++counts.delivered;
      break;
    case WebhookQueue::Outcome::kToBeTriedAgain:
      ++counts.retried;
      break;
    case WebhookQueue::Outcome::kRefused:
      ++counts.refused;
      break;
    case WebhookQueue::Outcome::kGivenUp:
      ++counts.given_up;
      break;
  }
  DeliveryState& state = states_[alert_id][webhook];
  state.last_error = std::string(status.message());
  if (status.ok()) state.delivered_at = wall;
}

std::map<std::string, DeliveryState> DeliveryLog::StatesOf(
    const std::string& alert_id) const {
  MutexLock lock(&mutex_);
  const auto found = states_.find(alert_id);
  if (found == states_.end()) return {};
  return found->second;
}

std::map<std::string, DeliveryCounts> DeliveryLog::Counts() const {
  MutexLock lock(&mutex_);
  return counts_;
}

}  // namespace weir::controlplane
