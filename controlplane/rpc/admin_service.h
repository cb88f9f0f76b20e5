// weir.admin.v1.Admin: translates and nothing more.
#ifndef WEIR_CONTROLPLANE_RPC_ADMIN_SERVICE_H_
#define WEIR_CONTROLPLANE_RPC_ADMIN_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock.h"
#include "controlplane/access/actor.h"
#include "controlplane/alert/alert_watch.h"
#include "controlplane/alert/event_log.h"
#include "controlplane/alert/webhook_delivery.h"
#include "controlplane/budget/budget_book.h"
#include "controlplane/publish/node_list.h"
#include "controlplane/publish/publisher.h"
#include "controlplane/quota/quota_board.h"
#include "controlplane/registry/edits.h"
#include "controlplane/registry/registry.h"
#include "controlplane/rollout/rollout.h"
#include "controlplane/rpc/cost_desk.h"
#include "controlplane/rpc/decision_desk.h"
#include "controlplane/rpc/desk.h"
#include "controlplane/rpc/watch_set.h"
#include "controlplane/scoreboard.h"
#include "weir/admin/v1/admin.grpc.pb.h"

namespace weir::controlplane {

// What the service shows and changes; all outlive it.
struct AdminCore {
  Registry& registry;
  Scoreboard& scoreboard;
  const Publisher& publisher;
  Rollout& rollout;
  const NodeList& nodes;
  DecisionDesk& decisions;
  CostDesk& costs;
  const Clock& clock;
  // What keeps the control plane from its whole work, a sentence each. Called
  // from any thread.
  std::function<std::vector<std::string>()> problems;
  const AlertWatch& alerts;
  const EventLog& events;
  const WebhookDelivery& deliveries;
  const QuotaBoard& quotas;
  const BudgetBook& budgets;
  // Called from any thread.
  std::function<Actor(const grpc::ServerContextBase&)> who_calls;
};

// Thread safety: every method may be called from any thread.
class AdminService final : public admin::v1::Admin::CallbackService {
 public:
  explicit AdminService(AdminCore core);

  // Tells watchers what has changed. Call at most five times a second.
  void Tick();
  // Ends all watches; waits for the change that is being made.
  void Stop();

 private:
  using Context = grpc::CallbackServerContext;
  using Unary = grpc::ServerUnaryReactor;

  Unary* Apply(Context* context, const admin::v1::ApplyRequest* request,
               admin::v1::ApplyResponse* response) override;
  Unary* Export(Context* context, const admin::v1::ExportRequest* request,
                admin::v1::ExportResponse* response) override;
  grpc::ServerWriteReactor<admin::v1::WatchResponse>* Watch(
      Context* context, const admin::v1::WatchRequest* request) override;

  Unary* ListProviders(Context* context,
                       const admin::v1::ListProvidersRequest* request,
                       admin::v1::ListProvidersResponse* response) override;
  Unary* GetProvider(Context* context,
                     const admin::v1::GetProviderRequest* request,
                     admin::v1::GetProviderResponse* response) override;
  Unary* SetProvider(Context* context,
                     const admin::v1::SetProviderRequest* request,
                     admin::v1::SetProviderResponse* response) override;
  Unary* RemoveProvider(Context* context,
                        const admin::v1::RemoveProviderRequest* request,
                        admin::v1::RemoveProviderResponse* response) override;
  Unary* SetProviderMode(Context* context,
                         const admin::v1::SetProviderModeRequest* request,
                         admin::v1::SetProviderModeResponse* response) override;

  Unary* ListModels(Context* context,
                    const admin::v1::ListModelsRequest* request,
                    admin::v1::ListModelsResponse* response) override;
  Unary* GetModel(Context* context, const admin::v1::GetModelRequest* request,
                  admin::v1::GetModelResponse* response) override;
  Unary* SetModel(Context* context, const admin::v1::SetModelRequest* request,
                  admin::v1::SetModelResponse* response) override;
  Unary* RemoveModel(Context* context,
                     const admin::v1::RemoveModelRequest* request,
                     admin::v1::RemoveModelResponse* response) override;
  Unary* SetModelMode(Context* context,
                      const admin::v1::SetModelModeRequest* request,
                      admin::v1::SetModelModeResponse* response) override;

  Unary* CreateClientKey(Context* context,
                         const admin::v1::CreateClientKeyRequest* request,
                         admin::v1::CreateClientKeyResponse* response) override;
  Unary* RotateClientKey(Context* context,
                         const admin::v1::RotateClientKeyRequest* request,
                         admin::v1::RotateClientKeyResponse* response) override;
  Unary* ListClientKeys(Context* context,
                        const admin::v1::ListClientKeysRequest* request,
                        admin::v1::ListClientKeysResponse* response) override;
  Unary* RevokeClientKey(Context* context,
                         const admin::v1::RevokeClientKeyRequest* request,
                         admin::v1::RevokeClientKeyResponse* response) override;

  Unary* GetStatus(Context* context, const admin::v1::GetStatusRequest* request,
                   admin::v1::GetStatusResponse* response) override;
  grpc::ServerWriteReactor<admin::v1::WatchStatusResponse>* WatchStatus(
      Context* context, const admin::v1::WatchStatusRequest* request) override;
  Unary* GetWeights(Context* context,
                    const admin::v1::GetWeightsRequest* request,
                    admin::v1::GetWeightsResponse* response) override;
  Unary* ListNodes(Context* context, const admin::v1::ListNodesRequest* request,
                   admin::v1::ListNodesResponse* response) override;
  Unary* ListDecisions(Context* context,
                       const admin::v1::ListDecisionsRequest* request,
                       admin::v1::ListDecisionsResponse* response) override;

  Unary* GetCostReport(Context* context,
                       const admin::v1::GetCostReportRequest* request,
                       admin::v1::GetCostReportResponse* response) override;

  Unary* GetLimits(Context* context, const admin::v1::GetLimitsRequest* request,
                   admin::v1::GetLimitsResponse* response) override;
  grpc::ServerWriteReactor<admin::v1::WatchLimitsResponse>* WatchLimits(
      Context* context, const admin::v1::WatchLimitsRequest* request) override;

  Unary* GetRollout(Context* context,
                    const admin::v1::GetRolloutRequest* request,
                    admin::v1::GetRolloutResponse* response) override;
  Unary* ResumeRollout(Context* context,
                       const admin::v1::ResumeRolloutRequest* request,
                       admin::v1::ResumeRolloutResponse* response) override;
  Unary* AbortRollout(Context* context,
                      const admin::v1::AbortRolloutRequest* request,
                      admin::v1::AbortRolloutResponse* response) override;

  Unary* GetGroups(Context* context, const admin::v1::GetGroupsRequest* request,
                   admin::v1::GetGroupsResponse* response) override;
  Unary* SwitchGroup(Context* context,
                     const admin::v1::SwitchGroupRequest* request,
                     admin::v1::SwitchGroupResponse* response) override;
  Unary* ListAlerts(Context* context,
                    const admin::v1::ListAlertsRequest* request,
                    admin::v1::ListAlertsResponse* response) override;
  Unary* ListEvents(Context* context,
                    const admin::v1::ListEventsRequest* request,
                    admin::v1::ListEventsResponse* response) override;

  grpc::ServerWriteReactor<admin::v1::WatchAlertsResponse>* WatchAlerts(
      Context* context, const admin::v1::WatchAlertsRequest* request) override;
  grpc::ServerWriteReactor<admin::v1::WatchEventsResponse>* WatchEvents(
      Context* context, const admin::v1::WatchEventsRequest* request) override;

  // Changes that an operator asks for wait for the store; they are made one by
  // one, away from gRPC's threads, in the operator's name. The request and the
  // response live until then.
  Unary* Change(Context* context,
                std::function<absl::Status(const RegistryEditor&)> change);
  // For the many that answer with the revision that they made.
  template <typename Response>
  Unary* ChangeRevision(
      Context* context, Response* response,
      std::function<absl::StatusOr<Outcome>(const RegistryEditor&)> change);

  admin::v1::Status CurrentStatus() const;

  // Of a list whose asker names no limit.
  static constexpr std::size_t kDefaultEvents = 100;

  const AdminCore core_;
  WatchSet<admin::v1::WatchResponse> revisions_;
  WatchSet<admin::v1::WatchStatusResponse> statuses_;
  WatchSet<admin::v1::WatchAlertsResponse> alerts_;
  WatchSet<admin::v1::WatchEventsResponse> events_;
  WatchSet<admin::v1::WatchLimitsResponse> limits_;
  // Last: what it does uses the others.
  Desk changes_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_ADMIN_SERVICE_H_
