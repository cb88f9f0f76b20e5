// What the Admin service says about the fleet; what it changes is in
// admin_service.cc.
#include <cstddef>
#include <cstdint>
#include <utility>

#include "controlplane/rpc/admin_messages.h"
#include "controlplane/rpc/admin_service.h"
#include "controlplane/rpc/alert_messages.h"
#include "controlplane/rpc/grpc_status.h"
#include "controlplane/rpc/limit_messages.h"
#include "controlplane/rpc/rollout_messages.h"
#include "controlplane/rpc/routing_messages.h"

namespace weir::controlplane {
namespace {

namespace v1 = admin::v1;
using Context = grpc::CallbackServerContext;
using Unary = grpc::ServerUnaryReactor;

}  // namespace

v1::Status AdminService::CurrentStatus() const {
  const std::shared_ptr<const FleetView> fleet = core_.scoreboard.View();
  return ToMessage(Situation{*fleet, core_.registry.Current().revision,
                             core_.nodes.connected(), core_.problems()});
}

Unary* AdminService::GetStatus(Context* context, const v1::GetStatusRequest*,
                               v1::GetStatusResponse* response) {
  *response->mutable_status() = CurrentStatus();
  return Answer(context, absl::OkStatus());
}

grpc::ServerWriteReactor<v1::WatchStatusResponse>* AdminService::WatchStatus(
    Context*, const v1::WatchStatusRequest*) {
  return statuses_.Add();
}

Unary* AdminService::GetWeights(Context* context, const v1::GetWeightsRequest*,
                                v1::GetWeightsResponse* response) {
  const PublicationPtr latest = core_.publisher.Latest(Lane::kWeights);
  if (latest == nullptr) return Answer(context, absl::OkStatus());
  *response->mutable_weights() = PublishedWeights(*latest);
  *response->mutable_version() = ToMessage(latest->version);
  return Answer(context, absl::OkStatus());
}

Unary* AdminService::ListNodes(Context* context, const v1::ListNodesRequest*,
                               v1::ListNodesResponse* response) {
  const absl::Time now = core_.clock.Now();
  for (const NodeRecord& record : core_.nodes.List()) {
    *response->add_nodes() = ToMessage(record, now);
  }
  const RolloutStatus rollout = core_.rollout.status();
  const PublicationPtr weights = core_.publisher.Latest(Lane::kWeights);
  response->set_revision(rollout.seen_revision);
  if (rollout.standing.version.has_value()) {
    *response->mutable_config() = ToMessage(*rollout.standing.version);
  }
  if (rollout.phase == RolloutStatus::Phase::kRolling &&
      rollout.candidate->version.has_value()) {
    *response->mutable_candidate() = ToMessage(*rollout.candidate->version);
  }
  if (weights != nullptr) {
    *response->mutable_weights() = ToMessage(weights->version);
  }
  return Answer(context, absl::OkStatus());
}

Unary* AdminService::GetRollout(Context* context, const v1::GetRolloutRequest*,
                                v1::GetRolloutResponse* response) {
  const std::uint64_t registered = core_.registry.Current().revision;
  *response->mutable_rollout() = RolloutMessage(
      core_.rollout.status(), core_.nodes.List(),
      [this](const NodeId& node) { return core_.rollout.For(node); });
  response->mutable_rollout()->set_registry_revision(registered);
  return Answer(context, absl::OkStatus());
}

Unary* AdminService::GetGroups(Context* context, const v1::GetGroupsRequest*,
                               v1::GetGroupsResponse* response) {
  *response = GroupsMessage(*core_.scoreboard.View());
  return Answer(context, absl::OkStatus());
}

Unary* AdminService::ListAlerts(Context* context, const v1::ListAlertsRequest*,
                                v1::ListAlertsResponse* response) {
  for (const Alert& alert : core_.alerts.Alerts()) {
    *response->add_alerts() =
        ToMessage(alert, core_.deliveries.StatesOf(alert.id));
  }
  return Answer(context, absl::OkStatus());
}

Unary* AdminService::ListEvents(Context* context,
                                const v1::ListEventsRequest* request,
                                v1::ListEventsResponse* response) {
  const std::size_t limit =
      request->limit() == 0 ? kDefaultEvents : request->limit();
  for (const Event& event : core_.events.Latest(limit)) {
    *response->add_events() = ToMessage(event);
  }
  return Answer(context, absl::OkStatus());
}

grpc::ServerWriteReactor<v1::WatchAlertsResponse>* AdminService::WatchAlerts(
    Context*, const v1::WatchAlertsRequest*) {
  return alerts_.Add();
}

grpc::ServerWriteReactor<v1::WatchEventsResponse>* AdminService::WatchEvents(
    Context*, const v1::WatchEventsRequest*) {
  return events_.Add();
}

Unary* AdminService::GetCostReport(Context* context,
                                   const v1::GetCostReportRequest* request,
                                   v1::GetCostReportResponse* response) {
  Unary* reactor = context->DefaultReactor();
  core_.costs.Ask(
      *request,
      [reactor, response](absl::StatusOr<v1::GetCostReportResponse> report) {
        if (report.ok()) *response = *std::move(report);
        reactor->Finish(ToGrpc(report.status()));
      });
  return reactor;
}

Unary* AdminService::GetLimits(Context* context, const v1::GetLimitsRequest*,
                               v1::GetLimitsResponse* response) {
  *response->mutable_limits() =
      LimitsMessage(core_.quotas.Limits(), core_.budgets.Standings());
  return Answer(context, absl::OkStatus());
}

grpc::ServerWriteReactor<v1::WatchLimitsResponse>* AdminService::WatchLimits(
    Context*, const v1::WatchLimitsRequest*) {
  return limits_.Add();
}

Unary* AdminService::ListDecisions(Context* context,
                                   const v1::ListDecisionsRequest* request,
                                   v1::ListDecisionsResponse* response) {
  Unary* reactor = context->DefaultReactor();
  core_.decisions.Ask(
      *request,
      [reactor, response](absl::StatusOr<v1::ListDecisionsResponse> decisions) {
        if (decisions.ok()) *response = *std::move(decisions);
        reactor->Finish(ToGrpc(decisions.status()));
      });
  return reactor;
}

}  // namespace weir::controlplane
