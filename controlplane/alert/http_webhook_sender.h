// Webhooks over HTTP.
#ifndef WEIR_CONTROLPLANE_ALERT_HTTP_WEBHOOK_SENDER_H_
#define WEIR_CONTROLPLANE_ALERT_HTTP_WEBHOOK_SENDER_H_

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "absl/status/status.h"
#include "common/net/forward_proxy.h"
#include "controlplane/alert/webhook_sender.h"

namespace weir::controlplane {

// A POST on a connection of its own: alerts are rare. Secrets are resolved anew
// for each. Addresses are held against net::CheckAddress(), https URLs follow
// the environment's proxy, and redirects are not followed, as with providers.
class HttpWebhookSender final : public WebhookSender {
 public:
  explicit HttpWebhookSender(net::Environment environment);

  boost::asio::awaitable<absl::Status> Send(
      std::shared_ptr<const config::v1::Webhook> webhook, Alert alert) override;

 private:
  const net::Environment environment_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ALERT_HTTP_WEBHOOK_SENDER_H_
