// Sends alerts to webhooks.
#ifndef WEIR_CONTROLPLANE_ALERT_WEBHOOK_DELIVERY_H_
#define WEIR_CONTROLPLANE_ALERT_WEBHOOK_DELIVERY_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/random.h"
#include "controlplane/alert/delivery_log.h"
#include "controlplane/alert/webhook_sender.h"
#include "controlplane/store/journal.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// Has a thread and a loop of its own, so that no receiver can delay anything
// else, nor another receiver. Each webhook has a queue and one try at a time.
//
// Thread safety: every method may be called from any thread, Start() and Stop()
// once each, in this order.
class WebhookDelivery {
 public:
  // `clock` and `random` (used on the loop's thread only) outlive this.
  WebhookDelivery(const Clock& clock, Random& random,
                  std::unique_ptr<WebhookSender> sender);
  // Stops if that has not been done.
  ~WebhookDelivery();

  // What an earlier life left unsent: it is queued for the webhooks of the
  // first SetResources(), in its order. Before Start().
  void Restore(std::vector<WaitingMessage> messages);

  void Start();
  // Cancels what is under way. What waits is still in Waiting().
  void Stop();

  // The webhooks to send to from now on; what waits for one that is gone is
  // forgotten.
  void SetResources(std::shared_ptr<const config::v1::Resources> resources);

  // Sends `alert`, raised or resolved, to every webhook that wants its kind.
  void Send(Alert alert);

  // What has yet to be delivered, the message under way among it: after a
  // restart it may be delivered twice, and is not lost.
  std::vector<WaitingMessage> Waiting() const;

  // By webhook, for the alert of this id.
  std::map<std::string, DeliveryState> StatesOf(
      const std::string& alert_id) const;
  // By webhook.
  std::map<std::string, DeliveryCounts> Counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ALERT_WEBHOOK_DELIVERY_H_
