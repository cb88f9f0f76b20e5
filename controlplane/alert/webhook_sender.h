// One message to one receiver, as a seam.
#ifndef WEIR_CONTROLPLANE_ALERT_WEBHOOK_SENDER_H_
#define WEIR_CONTROLPLANE_ALERT_WEBHOOK_SENDER_H_

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "absl/status/status.h"
#include "controlplane/store/journal.h"
#include "weir/config/v1/webhook.pb.h"

namespace weir::controlplane {

// Not thread-safe: used on one loop.
class WebhookSender {
 public:
  virtual ~WebhookSender() = default;

  // OK: the receiver has it. INVALID_ARGUMENT, PERMISSION_DENIED: it never will
  // take it, and why; everything else may work later. Messages hold no secret.
  // Ends by itself in less than a minute.
  virtual boost::asio::awaitable<absl::Status> Send(
      std::shared_ptr<const config::v1::Webhook> webhook, Alert alert) = 0;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ALERT_WEBHOOK_SENDER_H_
