#include "controlplane/rpc/admin_service.h"

#include <optional>
#include <utility>

#include "common/config/effective.h"
#include "controlplane/registry/edits.h"
#include "controlplane/rpc/admin_messages.h"
#include "controlplane/rpc/alert_messages.h"
#include "controlplane/rpc/grpc_status.h"
#include "controlplane/rpc/limit_messages.h"
#include "controlplane/rpc/routing_messages.h"

namespace weir::controlplane {
namespace {

namespace v1 = admin::v1;
using Context = grpc::CallbackServerContext;
using Unary = grpc::ServerUnaryReactor;

constexpr std::size_t kDefaultEvents = 100;

Unary* Answer(Context* context, const absl::Status& status) {
  Unary* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(status));
  return reactor;
}

// For the many calls that answer with the revision that they made.
template <typename Response>
Unary* AnswerRevision(Context* context, const absl::StatusOr<Outcome>& outcome,
                      Response* response) {
  if (outcome.ok()) response->set_revision(outcome->revision);
  return Answer(context, outcome.status());
}

}  // namespace

AdminService::AdminService(AdminCore core)
    : core_(std::move(core)),
      revisions_([this] {
        v1::WatchResponse response;
        response.set_revision(core_.registry.Current().revision);
        return response;
      }),
      statuses_([this] {
        v1::WatchStatusResponse response;
        *response.mutable_status() = CurrentStatus();
        return response;
      }),
      alerts_([this] {
        v1::WatchAlertsResponse response;
        for (const Alert& alert : core_.alerts.Alerts()) {
          *response.add_alerts() =
              ToMessage(alert, core_.deliveries.StatesOf(alert.id));
        }
        return response;
      }),
      events_([this] {
        v1::WatchEventsResponse response;
        for (const Event& event : core_.events.Latest(kDefaultEvents)) {
          *response.add_events() = ToMessage(event);
        }
        return response;
      }),
      limits_([this] {
        v1::WatchLimitsResponse response;
        *response.mutable_limits() =
            LimitsMessage(core_.quotas.Limits(), core_.budgets.Standings());
        return response;
      }) {}

void AdminService::Tick() {
  revisions_.Tick();
  statuses_.Tick();
  alerts_.Tick();
  events_.Tick();
  limits_.Tick();
}

void AdminService::Stop() {
  revisions_.Stop();
  statuses_.Stop();
  alerts_.Stop();
  events_.Stop();
  limits_.Stop();
}

v1::Status AdminService::CurrentStatus() const {
  const std::shared_ptr<const FleetView> fleet = core_.scoreboard.View();
  return ToMessage(Situation{*fleet, core_.registry.Current().revision,
                             core_.nodes.connected(), core_.problems()});
}

Unary* AdminService::Apply(Context* context, const v1::ApplyRequest* request,
                           v1::ApplyResponse* response) {
  ApplyOptions options;
  if (request->dry_run()) options.effect = Effect::kDryRun;
  if (request->expected_revision() != 0) {
    options.expected_revision = request->expected_revision();
  }
  absl::StatusOr<Outcome> outcome =
      core_.registry.Apply(request->resources(), options);
  if (!outcome.ok()) return Answer(context, outcome.status());
  for (const Change& change : outcome->changes) {
    *response->add_changes() = ToMessage(change);
  }
  response->mutable_warnings()->Add(outcome->warnings.begin(),
                                    outcome->warnings.end());
  response->set_revision(outcome->revision);
  return Answer(context, absl::OkStatus());
}

Unary* AdminService::Export(Context* context, const v1::ExportRequest*,
                            v1::ExportResponse* response) {
  const Registered current = core_.registry.Current();
  *response->mutable_resources() = *current.resources;
  response->set_revision(current.revision);
  return Answer(context, absl::OkStatus());
}

grpc::ServerWriteReactor<v1::WatchResponse>* AdminService::Watch(
    Context*, const v1::WatchRequest*) {
  return revisions_.Add();
}

Unary* AdminService::ListProviders(Context* context,
                                   const v1::ListProvidersRequest*,
                                   v1::ListProvidersResponse* response) {
  const Registered current = core_.registry.Current();
  *response->mutable_providers() = current.resources->providers();
  return Answer(context, absl::OkStatus());
}

Unary* AdminService::GetProvider(Context* context,
                                 const v1::GetProviderRequest* request,
                                 v1::GetProviderResponse* response) {
  absl::StatusOr<config::v1::Provider> provider =
      FindProvider(core_.registry, request->name());
  if (!provider.ok()) return Answer(context, provider.status());
  *response->mutable_provider() = *std::move(provider);
  return Answer(context, absl::OkStatus());
}

Unary* AdminService::SetProvider(Context* context,
                                 const v1::SetProviderRequest* request,
                                 v1::SetProviderResponse* response) {
  return AnswerRevision(
      context, controlplane::SetProvider(core_.registry, request->provider()),
      response);
}

Unary* AdminService::RemoveProvider(Context* context,
                                    const v1::RemoveProviderRequest* request,
                                    v1::RemoveProviderResponse* response) {
  return AnswerRevision(
      context, controlplane::RemoveProvider(core_.registry, request->name()),
      response);
}

Unary* AdminService::SetProviderMode(Context* context,
                                     const v1::SetProviderModeRequest* request,
                                     v1::SetProviderModeResponse* response) {
  return AnswerRevision(context,
                        controlplane::SetProviderMode(
                            core_.registry, request->name(), request->mode()),
                        response);
}

Unary* AdminService::ListModels(Context* context, const v1::ListModelsRequest*,
                                v1::ListModelsResponse* response) {
  const Registered current = core_.registry.Current();
  *response->mutable_models() = current.resources->models();
  return Answer(context, absl::OkStatus());
}

Unary* AdminService::GetModel(Context* context,
                              const v1::GetModelRequest* request,
                              v1::GetModelResponse* response) {
  absl::StatusOr<config::v1::Model> model =
      FindModel(core_.registry, request->name());
  if (!model.ok()) return Answer(context, model.status());
  *response->mutable_model() = *std::move(model);
  return Answer(context, absl::OkStatus());
}

Unary* AdminService::SetModel(Context* context,
                              const v1::SetModelRequest* request,
                              v1::SetModelResponse* response) {
  return AnswerRevision(
      context, controlplane::SetModel(core_.registry, request->model()),
      response);
}

Unary* AdminService::RemoveModel(Context* context,
                                 const v1::RemoveModelRequest* request,
                                 v1::RemoveModelResponse* response) {
  return AnswerRevision(
      context, controlplane::RemoveModel(core_.registry, request->name()),
      response);
}

Unary* AdminService::SetModelMode(Context* context,
                                  const v1::SetModelModeRequest* request,
                                  v1::SetModelModeResponse* response) {
  absl::StatusOr<Outcome> outcome =
      request->provider().empty()
          ? controlplane::SetModelMode(core_.registry, request->name(),
                                       request->mode())
          : controlplane::SetTargetMode(core_.registry,
                                        {request->name(), request->provider()},
                                        request->mode());
  return AnswerRevision(context, outcome, response);
}

Unary* AdminService::CreateClientKey(Context* context,
                                     const v1::CreateClientKeyRequest* request,
                                     v1::CreateClientKeyResponse* response) {
  config::v1::ClientKey key;
  key.set_name(request->name());
  *key.mutable_models() = request->models();
  *key.mutable_providers() = request->providers();
  *key.mutable_regions() = request->regions();
  if (request->has_expires_at()) {
    *key.mutable_expires_at() = request->expires_at();
  }
  key.set_owner(request->owner());
  key.set_team(request->team());
  *key.mutable_tags() = request->tags();
  if (request->has_limits()) *key.mutable_limits() = request->limits();
  *key.mutable_budgets() = request->budgets();
  absl::StatusOr<CreatedClientKey> created = controlplane::CreateClientKey(
      core_.registry, std::move(key), core_.clock.WallNow());
  if (!created.ok()) return Answer(context, created.status());
  *response->mutable_client_key() = std::move(created->client_key);
  response->set_secret(std::move(created->secret));
  return Answer(context, absl::OkStatus());
}

Unary* AdminService::RotateClientKey(Context* context,
                                     const v1::RotateClientKeyRequest* request,
                                     v1::RotateClientKeyResponse* response) {
  absl::StatusOr<CreatedClientKey> rotated = controlplane::RotateClientKey(
      core_.registry, request->name(), config::ToDuration(request->grace()),
      core_.clock.WallNow());
  if (!rotated.ok()) return Answer(context, rotated.status());
  *response->mutable_client_key() = std::move(rotated->client_key);
  response->set_secret(std::move(rotated->secret));
  return Answer(context, absl::OkStatus());
}

Unary* AdminService::ListClientKeys(Context* context,
                                    const v1::ListClientKeysRequest*,
                                    v1::ListClientKeysResponse* response) {
  const Registered current = core_.registry.Current();
  *response->mutable_client_keys() = current.resources->client_keys();
  return Answer(context, absl::OkStatus());
}

Unary* AdminService::RevokeClientKey(Context* context,
                                     const v1::RevokeClientKeyRequest* request,
                                     v1::RevokeClientKeyResponse* response) {
  return AnswerRevision(
      context, controlplane::RevokeClientKey(core_.registry, request->name()),
      response);
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
  const PublicationPtr config = core_.publisher.Latest(Lane::kConfig);
  const PublicationPtr weights = core_.publisher.Latest(Lane::kWeights);
  if (config != nullptr) {
    *response->mutable_config() = ToMessage(config->version);
  }
  if (weights != nullptr) {
    *response->mutable_weights() = ToMessage(weights->version);
  }
  return Answer(context, absl::OkStatus());
}

Unary* AdminService::GetGroups(Context* context, const v1::GetGroupsRequest*,
                               v1::GetGroupsResponse* response) {
  *response = GroupsMessage(*core_.scoreboard.View());
  return Answer(context, absl::OkStatus());
}

Unary* AdminService::SwitchGroup(Context* context,
                                 const v1::SwitchGroupRequest* request,
                                 v1::SwitchGroupResponse*) {
  return Answer(context, core_.scoreboard.SwitchGroup(request->group(),
                                                      request->reason()));
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
