// How messages fared, for those who ask.
#ifndef WEIR_CONTROLPLANE_ALERT_DELIVERY_LOG_H_
#define WEIR_CONTROLPLANE_ALERT_DELIVERY_LOG_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "controlplane/alert/webhook_queue.h"

namespace weir::controlplane {

// How the last message about an alert fared at one webhook.
struct DeliveryState {
  // Wall clock; nullopt while it is under way.
  std::optional<absl::Time> delivered_at;
  // Of the last try; empty when it succeeded, or there was none.
  std::string last_error;
};

// Messages of one webhook since the start.
struct DeliveryCounts {
  std::uint64_t delivered = 0;
  // Tries that failed and are followed by another one.
  std::uint64_t retried = 0;
  // Refused for good.
  std::uint64_t refused = 0;
  // Tried for too long, or pushed out by newer ones.
  std::uint64_t given_up = 0;
};

// Thread safety: every method may be called from any thread.
class DeliveryLog {
 public:
  // Alerts whose deliveries are remembered; ids are of the configuration, so
  // this is a limit for configurations that change for ever.
  static constexpr std::size_t kMaxAlerts = 10'000;

  // A message about the alert waits for the webhook.
  void OnQueued(const std::string& alert_id, const std::string& webhook);
  // An older message had to make room for it.
  void OnDropped(const std::string& webhook);
  void OnTried(const std::string& alert_id, const std::string& webhook,
               const absl::Status& status, WebhookQueue::Outcome outcome,
               absl::Time wall);

  std::map<std::string, DeliveryState> StatesOf(
      const std::string& alert_id) const;
  std::map<std::string, DeliveryCounts> Counts() const;

 private:
  mutable Mutex mutex_;
  std::map<std::string, std::map<std::string, DeliveryState>> states_
      ABSL_GUARDED_BY(mutex_);
  std::map<std::string, DeliveryCounts> counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ALERT_DELIVERY_LOG_H_
