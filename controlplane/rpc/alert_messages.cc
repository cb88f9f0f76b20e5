#include "controlplane/rpc/alert_messages.h"

#include "controlplane/rpc/timestamp.h"

namespace weir::controlplane {

admin::v1::Alert ToMessage(
    const Alert& alert,
    const std::map<std::string, DeliveryState>& deliveries) {
  admin::v1::Alert message;
  message.set_id(alert.id);
  message.set_kind(alert.kind);
  message.set_subject(alert.subject);
  message.set_summary(alert.summary);
  message.set_severity(SeverityName(alert.severity));
  *message.mutable_raised_at() = ToTimestamp(alert.raised_at);
  if (alert.resolved_at.has_value()) {
    *message.mutable_resolved_at() = ToTimestamp(*alert.resolved_at);
  }
  for (const auto& [webhook, state] : deliveries) {
    admin::v1::AlertDelivery* delivery = message.add_deliveries();
    delivery->set_webhook(webhook);
    delivery->set_last_error(state.last_error);
    if (state.delivered_at.has_value()) {
      *delivery->mutable_delivered_at() = ToTimestamp(*state.delivered_at);
    }
  }
  return message;
}

admin::v1::Event ToMessage(const Event& event) {
  admin::v1::Event message;
  *message.mutable_time() = ToTimestamp(event.time);
  message.set_kind(event.kind);
  message.set_subject(event.subject);
  message.set_text(event.text);
  message.set_id(event.id);
  message.set_actor(event.by.name);
  message.set_role(event.by.role);
  return message;
}

admin::v1::GetGroupsResponse GroupsMessage(const FleetView& fleet) {
  admin::v1::GetGroupsResponse message;
  for (const GroupView& group : fleet.groups) {
    admin::v1::GroupStatus* status = message.add_groups();
    status->set_group(group.group);
    status->set_active(group.active);
    status->set_usable(group.sight.usable);
    status->set_targets(group.sight.targets);
    if (group.failing_since.has_value()) {
      *status->mutable_failing_since() = ToTimestamp(*group.failing_since);
    }
  }
  if (!fleet.groups.empty() && fleet.last_switch.has_value()) {
    message.set_reason(fleet.last_switch->reason);
    *message.mutable_switched_at() = ToTimestamp(fleet.last_switch->at);
  }
  return message;
}

}  // namespace weir::controlplane
