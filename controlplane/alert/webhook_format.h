// An alert as its receivers want it.
#ifndef WEIR_CONTROLPLANE_ALERT_WEBHOOK_FORMAT_H_
#define WEIR_CONTROLPLANE_ALERT_WEBHOOK_FORMAT_H_

#include <string>
#include <string_view>

#include "controlplane/store/journal.h"
#include "weir/config/v1/webhook.pb.h"

namespace weir::controlplane {

// The body to post, JSON, for an alert that was raised or, where it has its
// resolved_at, resolved. `routing_key` is PagerDuty's and stands in the body of
// that format only. Pure.
std::string WebhookBody(config::v1::WebhookFormat format, const Alert& alert,
                        std::string_view routing_key);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ALERT_WEBHOOK_FORMAT_H_
