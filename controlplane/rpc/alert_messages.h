// Alerts, events and groups, as messages of weir.admin.v1.
#ifndef WEIR_CONTROLPLANE_RPC_ALERT_MESSAGES_H_
#define WEIR_CONTROLPLANE_RPC_ALERT_MESSAGES_H_

#include <map>
#include <string>

#include "controlplane/alert/delivery_log.h"
#include "controlplane/scoreboard.h"
#include "controlplane/store/journal.h"
#include "weir/admin/v1/admin.pb.h"
#include "weir/admin/v1/alert.pb.h"

namespace weir::controlplane {

// `deliveries` by webhook.
admin::v1::Alert ToMessage(
    const Alert& alert, const std::map<std::string, DeliveryState>& deliveries);
admin::v1::Event ToMessage(const Event& event);
admin::v1::GetGroupsResponse GroupsMessage(const FleetView& fleet);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_ALERT_MESSAGES_H_
