// An Admin service with plain answers.
#ifndef WEIR_TESTS_CLI_FAKE_ADMIN_H_
#define WEIR_TESTS_CLI_FAKE_ADMIN_H_

#include <grpcpp/server_context.h>

#include <string>
#include <vector>

#include "weir/admin/v1/admin.grpc.pb.h"

namespace weir::cli {

namespace admin = ::weir::admin::v1;

// Keeps what it is sent and answers what it was told to. Everything public is
// set before the server starts and read after a call has ended; the calls of
// weirctl come one after the other.
class FakeAdmin final : public admin::Admin::Service {
 public:
  using Context = grpc::ServerContext;

  // When not OK, every method answers this and nothing else.
  grpc::Status refusal = grpc::Status::OK;
  // This many applies are refused with ABORTED first.
  int stale_applies = 0;

  config::v1::Resources resources;
  admin::ApplyResponse apply_answer;
  admin::CreateClientKeyResponse key_answer;
  admin::RotateClientKeyResponse rotation_answer;
  admin::GetWeightsResponse weights_answer;
  admin::ListNodesResponse nodes_answer;
  admin::Rollout rollout;
  admin::GetGroupsResponse groups_answer;
  admin::ListAlertsResponse alerts_answer;
  admin::ListEventsResponse events_answer;
  admin::ListDecisionsResponse decisions_answer;
  admin::GetCostReportResponse cost_answer;
  admin::Limits limits;
  // What WatchStatus sends before it ends; GetStatus answers the first.
  std::vector<admin::Status> statuses;
  // What these watches send before they end.
  std::vector<admin::WatchAlertsResponse> watched_alerts;
  std::vector<admin::WatchEventsResponse> watched_events;

  std::vector<admin::ApplyRequest> applies;
  std::vector<admin::SetProviderModeRequest> provider_modes;
  std::vector<admin::SetModelModeRequest> model_modes;
  std::vector<admin::CreateClientKeyRequest> key_requests;
  std::vector<admin::RotateClientKeyRequest> rotations;
  std::vector<admin::SwitchGroupRequest> group_switches;
  std::vector<admin::ListEventsRequest> event_requests;
  std::vector<admin::ListDecisionsRequest> decision_requests;
  std::vector<admin::GetCostReportRequest> cost_requests;
  // `VERB NAME` of every other change.
  std::vector<std::string> changes;

  grpc::Status Apply(Context*, const admin::ApplyRequest* request,
                     admin::ApplyResponse* response) override {
    applies.push_back(*request);
    if (stale_applies-- > 0) return {grpc::StatusCode::ABORTED, "it changed"};
    *response = apply_answer;
    return refusal;
  }
  grpc::Status Export(Context*, const admin::ExportRequest*,
                      admin::ExportResponse* response) override {
    *response->mutable_resources() = resources;
    response->set_revision(7);
    return refusal;
  }
  grpc::Status ListProviders(Context*, const admin::ListProvidersRequest*,
                             admin::ListProvidersResponse* response) override {
    *response->mutable_providers() = resources.providers();
    return refusal;
  }
  grpc::Status GetProvider(Context*, const admin::GetProviderRequest* request,
                           admin::GetProviderResponse* response) override {
    return Find(resources.providers(), "provider", request->name(),
                *response->mutable_provider());
  }
  grpc::Status SetProvider(Context*, const admin::SetProviderRequest* request,
                           admin::SetProviderResponse* response) override {
    return Change("set " + request->provider().ShortDebugString(), *response);
  }
  grpc::Status RemoveProvider(
      Context*, const admin::RemoveProviderRequest* request,
      admin::RemoveProviderResponse* response) override {
    return Change("remove " + request->name(), *response);
  }
  grpc::Status SetProviderMode(
      Context*, const admin::SetProviderModeRequest* request,
      admin::SetProviderModeResponse* response) override {
    provider_modes.push_back(*request);
    return Change("mode " + request->name(), *response);
  }
  grpc::Status ListModels(Context*, const admin::ListModelsRequest*,
                          admin::ListModelsResponse* response) override {
    *response->mutable_models() = resources.models();
    return refusal;
  }
  grpc::Status GetModel(Context*, const admin::GetModelRequest* request,
                        admin::GetModelResponse* response) override {
    return Find(resources.models(), "model", request->name(),
                *response->mutable_model());
  }
  grpc::Status SetModel(Context*, const admin::SetModelRequest* request,
                        admin::SetModelResponse* response) override {
    return Change("set " + request->model().ShortDebugString(), *response);
  }
  grpc::Status RemoveModel(Context*, const admin::RemoveModelRequest* request,
                           admin::RemoveModelResponse* response) override {
    return Change("remove " + request->name(), *response);
  }
  grpc::Status SetModelMode(Context*, const admin::SetModelModeRequest* request,
                            admin::SetModelModeResponse* response) override {
    model_modes.push_back(*request);
    return Change("mode " + request->name(), *response);
  }
  grpc::Status CreateClientKey(
      Context*, const admin::CreateClientKeyRequest* request,
      admin::CreateClientKeyResponse* response) override {
    key_requests.push_back(*request);
    *response = key_answer;
    return refusal;
  }
  grpc::Status RotateClientKey(
      Context*, const admin::RotateClientKeyRequest* request,
      admin::RotateClientKeyResponse* response) override {
    rotations.push_back(*request);
    *response = rotation_answer;
    return refusal;
  }
  grpc::Status ListClientKeys(
      Context*, const admin::ListClientKeysRequest*,
      admin::ListClientKeysResponse* response) override {
    *response->mutable_client_keys() = resources.client_keys();
    return refusal;
  }
  grpc::Status RevokeClientKey(
      Context*, const admin::RevokeClientKeyRequest* request,
      admin::RevokeClientKeyResponse* response) override {
    return Change("revoke " + request->name(), *response);
  }
  grpc::Status GetCostReport(Context*,
                             const admin::GetCostReportRequest* request,
                             admin::GetCostReportResponse* response) override {
    cost_requests.push_back(*request);
    *response = cost_answer;
    return refusal;
  }
  grpc::Status GetLimits(Context*, const admin::GetLimitsRequest*,
                         admin::GetLimitsResponse* response) override {
    *response->mutable_limits() = limits;
    return refusal;
  }
  grpc::Status WatchLimits(
      Context*, const admin::WatchLimitsRequest*,
      grpc::ServerWriter<admin::WatchLimitsResponse>* writer) override {
    admin::WatchLimitsResponse response;
    *response.mutable_limits() = limits;
    writer->Write(response);
    return refusal;
  }
  grpc::Status GetStatus(Context*, const admin::GetStatusRequest*,
                         admin::GetStatusResponse* response) override {
    if (!statuses.empty()) *response->mutable_status() = statuses.front();
    return refusal;
  }
  grpc::Status WatchStatus(
      Context*, const admin::WatchStatusRequest*,
      grpc::ServerWriter<admin::WatchStatusResponse>* writer) override {
    for (const admin::Status& status : statuses) {
      admin::WatchStatusResponse response;
      *response.mutable_status() = status;
      writer->Write(response);
    }
    return refusal;
  }
  grpc::Status GetWeights(Context*, const admin::GetWeightsRequest*,
                          admin::GetWeightsResponse* response) override {
    *response = weights_answer;
    return refusal;
  }
  grpc::Status ListNodes(Context*, const admin::ListNodesRequest*,
                         admin::ListNodesResponse* response) override {
    *response = nodes_answer;
    return refusal;
  }
  grpc::Status GetRollout(Context*, const admin::GetRolloutRequest*,
                          admin::GetRolloutResponse* response) override {
    *response->mutable_rollout() = rollout;
    return refusal;
  }
  grpc::Status ResumeRollout(Context*, const admin::ResumeRolloutRequest*,
                             admin::ResumeRolloutResponse*) override {
    changes.push_back("resume rollout");
    return refusal;
  }
  grpc::Status AbortRollout(Context*, const admin::AbortRolloutRequest*,
                            admin::AbortRolloutResponse*) override {
    changes.push_back("abort rollout");
    return refusal;
  }
  grpc::Status ListDecisions(Context*,
                             const admin::ListDecisionsRequest* request,
                             admin::ListDecisionsResponse* response) override {
    decision_requests.push_back(*request);
    *response = decisions_answer;
    return refusal;
  }

  grpc::Status GetGroups(Context*, const admin::GetGroupsRequest*,
                         admin::GetGroupsResponse* response) override {
    *response = groups_answer;
    return refusal;
  }
  grpc::Status SwitchGroup(Context*, const admin::SwitchGroupRequest* request,
                           admin::SwitchGroupResponse*) override {
    group_switches.push_back(*request);
    return refusal;
  }
  grpc::Status ListAlerts(Context*, const admin::ListAlertsRequest*,
                          admin::ListAlertsResponse* response) override {
    *response = alerts_answer;
    return refusal;
  }
  grpc::Status ListEvents(Context*, const admin::ListEventsRequest* request,
                          admin::ListEventsResponse* response) override {
    event_requests.push_back(*request);
    *response = events_answer;
    return refusal;
  }

  grpc::Status WatchAlerts(
      Context*, const admin::WatchAlertsRequest*,
      grpc::ServerWriter<admin::WatchAlertsResponse>* writer) override {
    for (const auto& response : watched_alerts) writer->Write(response);
    return refusal;
  }
  grpc::Status WatchEvents(
      Context*, const admin::WatchEventsRequest*,
      grpc::ServerWriter<admin::WatchEventsResponse>* writer) override {
    for (const auto& response : watched_events) writer->Write(response);
    return refusal;
  }

 private:
  template <typename Response>
  grpc::Status Change(const std::string& change, Response& response) {
    changes.push_back(change);
    response.set_revision(8);
    return refusal;
  }
  template <typename List, typename Resource>
  grpc::Status Find(const List& list, const std::string& noun,
                    const std::string& name, Resource& found) {
    for (const Resource& resource : list) {
      if (resource.name() != name) continue;
      found = resource;
      return refusal;
    }
    return {grpc::StatusCode::NOT_FOUND, "there is no " + noun + ' ' + name};
  }
};

}  // namespace weir::cli

#endif  // WEIR_TESTS_CLI_FAKE_ADMIN_H_
