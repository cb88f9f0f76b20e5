#include "controlplane/rpc/admin_messages.h"

#include "common/config/effective.h"
#include "controlplane/rpc/routing_messages.h"
#include "controlplane/rpc/timestamp.h"

namespace weir::controlplane {
namespace {

admin::v1::ChangeKind ToMessage(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kCreated:
      return admin::v1::CHANGE_KIND_CREATED;
    case ChangeKind::kUpdated:
      return admin::v1::CHANGE_KIND_UPDATED;
    case ChangeKind::kRemoved:
      return admin::v1::CHANGE_KIND_REMOVED;
  }
  return admin::v1::CHANGE_KIND_UNSPECIFIED;
}

void Fill(const TargetView& view, admin::v1::TargetStatus& status) {
  status.set_provider(view.provider);
  status.set_upstream_model(view.upstream_model);
  status.set_state(ToMessage(view.state));
  if (view.score.has_value()) status.set_score(*view.score);
  status.set_weight(view.weight);
  if (view.latency.has_value()) {
    status.set_latency_ms(absl::ToDoubleMilliseconds(*view.latency));
  }
  if (view.latency_p95.has_value()) {
    status.set_latency_p95_ms(absl::ToDoubleMilliseconds(*view.latency_p95));
  }
  if (view.success_rate.has_value()) {
    status.set_success_rate(*view.success_rate);
  }
  status.set_consecutive_failures(view.consecutive_failures);
  status.set_last_error(view.last_error);
  if (view.last_success.has_value()) {
    *status.mutable_last_success() = ToTimestamp(*view.last_success);
  }
  if (view.last_failure.has_value()) {
    *status.mutable_last_failure() = ToTimestamp(*view.last_failure);
  }
  status.set_breakers_open(view.breakers_open);
  for (const absl::Duration latency : view.latency_history) {
    status.add_latency_history_ms(absl::ToDoubleMilliseconds(latency));
  }
  if (view.latency_average.has_value()) {
    status.set_latency_average_ms(
        absl::ToDoubleMilliseconds(*view.latency_average));
  }
  for (const auto& [region, latency] : view.latency_by_region) {
    admin::v1::RegionLatency* added = status.add_regions();
    added->set_region(region);
    added->set_latency_ms(absl::ToDoubleMilliseconds(latency));
  }
  if (view.headroom.has_value()) status.set_headroom(*view.headroom);
}

admin::v1::CredentialState ToMessage(CredentialState state) {
  switch (state) {
    case CredentialState::kUsable:
      return admin::v1::CREDENTIAL_STATE_USABLE;
    case CredentialState::kRefused:
      return admin::v1::CREDENTIAL_STATE_REFUSED;
    case CredentialState::kMissing:
      return admin::v1::CREDENTIAL_STATE_MISSING;
  }
  return admin::v1::CREDENTIAL_STATE_UNSPECIFIED;
}

void Fill(const ProviderView& view, admin::v1::ProviderStatus& status) {
  status.set_provider(view.provider);
  for (const CredentialView& credential : view.credentials) {
    admin::v1::CredentialStatus* added = status.add_credentials();
    added->set_reference(credential.reference);
    added->set_state(ToMessage(credential.state));
    added->set_active(credential.active);
    added->set_reason(credential.reason);
  }
  status.set_probes_today(view.probes_today);
  status.set_probe_cost_today_usd(view.probe_cost_today_usd);
  status.set_probe_budget_usd(view.probe_budget_usd);
  status.set_probe_budget_reached(view.probe_budget_reached);
}

}  // namespace

admin::v1::Change ToMessage(const Change& change) {
  admin::v1::Change message;
  message.set_kind(ToMessage(change.kind));
  message.set_resource(change.resource);
  message.set_name(change.name);
  for (const FieldChange& field : change.fields) {
    admin::v1::FieldChange* added = message.add_fields();
    added->set_path(field.path);
    added->set_before(field.before);
    added->set_after(field.after);
  }
  return message;
}

admin::v1::Status ToMessage(const Situation& situation) {
  admin::v1::Status status;
  for (const ModelView& model : situation.fleet.models) {
    admin::v1::ModelStatus* added = status.add_models();
    added->set_model(model.model);
    added->set_mode(config::EffectiveMode(model.mode));
    added->set_usable(model.usable);
    added->set_panic(model.panic);
    for (const TargetView& target : model.targets) {
      Fill(target, *added->add_targets());
    }
  }
  for (const ProviderView& provider : situation.fleet.providers) {
    Fill(provider, *status.add_providers());
  }
  status.set_revision(situation.revision);
  status.set_nodes_connected(
      static_cast<std::uint32_t>(situation.nodes_connected));
  status.mutable_problems()->Add(situation.problems.begin(),
                                 situation.problems.end());
  return status;
}

admin::v1::NodeStatus ToMessage(const NodeRecord& record, absl::Time now) {
  admin::v1::NodeStatus status;
  status.set_node_id(record.identity.id.value);
  status.set_region(record.identity.region);
  status.set_build_version(record.identity.build_version);
  status.set_listen_address(record.identity.listen_address);
  status.set_boot_id(record.identity.boot_id);
  status.set_connected(record.connected);
  status.set_draining(record.draining);
  if (record.config.has_value()) {
    *status.mutable_config() = ToMessage(*record.config);
  }
  if (record.weights.has_value()) {
    *status.mutable_weights() = ToMessage(*record.weights);
  }
  *status.mutable_connected_since() = ToTimestamp(record.connected_since);
  if (record.last_report.has_value()) {
    *status.mutable_since_last_report() =
        config::FromDuration(now - *record.last_report);
  }
  status.set_requests_in_flight(record.requests_in_flight);
  status.set_streams_in_flight(record.streams_in_flight);
  status.mutable_problems()->Add(record.problems.begin(),
                                 record.problems.end());
  status.mutable_warnings()->Add(record.warnings.begin(),
                                 record.warnings.end());
  return status;
}

}  // namespace weir::controlplane
