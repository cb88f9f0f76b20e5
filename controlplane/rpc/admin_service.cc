#include "controlplane/rpc/admin_service.h"

#include <cstddef>
#include <functional>
#include <utility>

#include "common/config/effective.h"
#include "controlplane/registry/edits.h"
#include "controlplane/rpc/admin_messages.h"
#include "controlplane/rpc/alert_messages.h"
#include "controlplane/rpc/grpc_status.h"
#include "controlplane/rpc/limit_messages.h"

namespace weir::controlplane {
namespace {

namespace v1 = admin::v1;
using Context = grpc::CallbackServerContext;
using Unary = grpc::ServerUnaryReactor;

// Changes that wait for their turn; each takes milliseconds unless the store is
// away, and then it is better to be told so.
constexpr std::size_t kMaxChanges = 32;

// A key that was made or made anew, with its secret: this once.
template <typename Response>
absl::Status Tell(absl::StatusOr<CreatedClientKey> key, Response& response) {
  if (!key.ok()) return key.status();
  *response.mutable_client_key() = std::move(key->client_key);
  response.set_secret(std::move(key->secret));
  return absl::OkStatus();
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
      }),
      changes_(kMaxChanges) {}

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
  changes_.Stop();
}

Unary* AdminService::Change(
    Context* context,
    std::function<absl::Status(const RegistryEditor&)> change) {
  Unary* reactor = context->DefaultReactor();
  changes_.Do(
      [reactor,
       editor = RegistryEditor(core_.registry, core_.who_calls(*context)),
       change = std::move(change)](const absl::Status& turn) {
        reactor->Finish(ToGrpc(turn.ok() ? change(editor) : turn));
      });
  return reactor;
}

template <typename Response>
Unary* AdminService::ChangeRevision(
    Context* context, Response* response,
    std::function<absl::StatusOr<Outcome>(const RegistryEditor&)> change) {
  return Change(context, [response, change = std::move(change)](
                             const RegistryEditor& editor) {
    const absl::StatusOr<Outcome> outcome = change(editor);
    if (outcome.ok()) response->set_revision(outcome->revision);
    return outcome.status();
  });
}

Unary* AdminService::Apply(Context* context, const v1::ApplyRequest* request,
                           v1::ApplyResponse* response) {
  ApplyOptions options;
  if (request->dry_run()) options.effect = Effect::kDryRun;
  if (request->expected_revision() != 0) {
    options.expected_revision = request->expected_revision();
  }
  return Change(context, [request, response,
                          options](const RegistryEditor& editor) mutable {
    options.author = editor.author;
    absl::StatusOr<Outcome> outcome =
        editor.registry.Apply(request->resources(), options);
    if (!outcome.ok()) return outcome.status();
    for (const controlplane::Change& change : outcome->changes) {
      *response->add_changes() = ToMessage(change);
    }
    response->mutable_warnings()->Add(outcome->warnings.begin(),
                                      outcome->warnings.end());
    response->set_revision(outcome->revision);
    return absl::OkStatus();
  });
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
  return ChangeRevision(
      context, response, [request](const RegistryEditor& editor) {
        return controlplane::SetProvider(editor, request->provider());
      });
}

Unary* AdminService::RemoveProvider(Context* context,
                                    const v1::RemoveProviderRequest* request,
                                    v1::RemoveProviderResponse* response) {
  return ChangeRevision(
      context, response, [request](const RegistryEditor& editor) {
        return controlplane::RemoveProvider(editor, request->name());
      });
}

Unary* AdminService::SetProviderMode(Context* context,
                                     const v1::SetProviderModeRequest* request,
                                     v1::SetProviderModeResponse* response) {
  return ChangeRevision(context, response,
                        [request](const RegistryEditor& editor) {
                          return controlplane::SetProviderMode(
                              editor, request->name(), request->mode());
                        });
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
  return ChangeRevision(
      context, response, [request](const RegistryEditor& editor) {
        return controlplane::SetModel(editor, request->model());
      });
}

Unary* AdminService::RemoveModel(Context* context,
                                 const v1::RemoveModelRequest* request,
                                 v1::RemoveModelResponse* response) {
  return ChangeRevision(
      context, response, [request](const RegistryEditor& editor) {
        return controlplane::RemoveModel(editor, request->name());
      });
}

Unary* AdminService::SetModelMode(Context* context,
                                  const v1::SetModelModeRequest* request,
                                  v1::SetModelModeResponse* response) {
  return ChangeRevision(
      context, response, [request](const RegistryEditor& editor) {
        return request->provider().empty()
                   ? controlplane::SetModelMode(editor, request->name(),
                                                request->mode())
                   : controlplane::SetTargetMode(
                         editor, {request->name(), request->provider()},
                         request->mode());
      });
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
  return Change(context, [this, key = std::move(key),
                          response](const RegistryEditor& editor) {
    return Tell(
        controlplane::CreateClientKey(editor, key, core_.clock.WallNow()),
        *response);
  });
}

Unary* AdminService::RotateClientKey(Context* context,
                                     const v1::RotateClientKeyRequest* request,
                                     v1::RotateClientKeyResponse* response) {
  return Change(
      context, [this, request, response](const RegistryEditor& editor) {
        return Tell(
            controlplane::RotateClientKey(editor, request->name(),
                                          config::ToDuration(request->grace()),
                                          core_.clock.WallNow()),
            *response);
      });
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
  return ChangeRevision(
      context, response, [request](const RegistryEditor& editor) {
        return controlplane::RevokeClientKey(editor, request->name());
      });
}

Unary* AdminService::SwitchGroup(Context* context,
                                 const v1::SwitchGroupRequest* request,
                                 v1::SwitchGroupResponse*) {
  return Answer(
      context, core_.scoreboard.SwitchGroup(request->group(), request->reason(),
                                            core_.who_calls(*context)));
}

Unary* AdminService::ResumeRollout(Context* context,
                                   const v1::ResumeRolloutRequest*,
                                   v1::ResumeRolloutResponse*) {
  return Answer(context, core_.rollout.Resume(core_.who_calls(*context)));
}

Unary* AdminService::AbortRollout(Context* context,
                                  const v1::AbortRolloutRequest*,
                                  v1::AbortRolloutResponse*) {
  return Answer(context, core_.rollout.Abort(core_.who_calls(*context)));
}

}  // namespace weir::controlplane
