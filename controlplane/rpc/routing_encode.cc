#include <algorithm>
#include <cmath>

#include "common/config/effective.h"
#include "controlplane/rpc/routing_messages.h"

namespace weir::controlplane {
namespace {

namespace v1 = routing::v1;

double RoundTo(double value, double step) {
  return std::round(value / step) * step;
}

// Rounds in steps of 1/10000 and lets the greatest make up for the rest, which
// it feels least.
void RoundWeights(v1::RegionWeights& region) {
  constexpr double kSteps = 10'000;
  double before = 0;
  double others = 0;
  v1::TargetWeight* greatest = nullptr;
  for (v1::TargetWeight& target : *region.mutable_targets()) {
    before += target.weight();
    target.set_weight(std::round(target.weight() * kSteps) / kSteps);
    others += target.weight();
    if (greatest == nullptr || target.weight() > greatest->weight()) {
      greatest = &target;
    }
  }
  if (greatest == nullptr || before < 0.5) return;  // None, or all are zero.
  others -= greatest->weight();
  greatest->set_weight(1 - others);
}

void AddTarget(const TargetView& view, v1::RegionWeights& region) {
  v1::TargetWeight* target = region.add_targets();
  target->set_provider(view.provider);
  target->set_upstream_model(view.upstream_model);
  target->set_weight(view.weight);
  target->set_rank(view.rank);
  target->set_state(ToMessage(view.state));
  if (view.score.has_value()) target->set_score(RoundTo(*view.score, 0.1));
  if (view.latency.has_value()) {
    target->set_latency_ms(
        std::round(absl::ToDoubleMilliseconds(*view.latency)));
  }
}

}  // namespace

std::string ConfigContent(const config::v1::Resources& resources) {
  if (resources.webhooks().empty()) return resources.SerializeAsString();
  config::v1::Resources sent = resources;
  sent.clear_webhooks();
  return sent.SerializeAsString();
}

std::string WeightsContent(const FleetView& view) {
  return ToMessage(view).SerializeAsString();
}

std::string LaneMessage(Lane lane, const Version& version,
                        std::string_view content) {
  v1::SubscribeResponse response;
  if (lane == Lane::kConfig) {
    *response.mutable_config()->mutable_version() = ToMessage(version);
    response.mutable_config()->set_resources(content.data(), content.size());
  } else {
    *response.mutable_weights()->mutable_version() = ToMessage(version);
    response.mutable_weights()->set_weights(content.data(), content.size());
  }
  return response.SerializeAsString();
}

v1::TargetState ToMessage(TargetState state) {
  switch (state) {
    case TargetState::kUnknown:
      return v1::TARGET_STATE_UNKNOWN;
    case TargetState::kHealthy:
      return v1::TARGET_STATE_HEALTHY;
    case TargetState::kDegraded:
      return v1::TARGET_STATE_DEGRADED;
    case TargetState::kUnhealthy:
      return v1::TARGET_STATE_UNHEALTHY;
    case TargetState::kAutoDisabled:
      return v1::TARGET_STATE_AUTO_DISABLED;
    case TargetState::kDraining:
      return v1::TARGET_STATE_DRAINING;
    case TargetState::kDisabled:
      return v1::TARGET_STATE_DISABLED;
    case TargetState::kNoCredential:
      return v1::TARGET_STATE_NO_CREDENTIAL;
  }
  return v1::TARGET_STATE_UNSPECIFIED;
}

v1::Version ToMessage(const Version& version) {
  v1::Version message;
  message.set_epoch(version.epoch);
  message.set_sequence(version.sequence);
  message.set_hash(version.hash);
  return message;
}

v1::Weights ToMessage(const FleetView& view) {
  v1::Weights weights;
  *weights.mutable_time_to_live() = config::FromDuration(view.weights_ttl);
  for (const ModelView& model : view.models) {
    v1::ModelWeights* entry = weights.add_models();
    entry->set_model(model.model);
    v1::RegionWeights* everywhere = entry->add_regions();
    for (const TargetView& target : model.targets) {
      AddTarget(target, *everywhere);
    }
    RoundWeights(*everywhere);
  }
  return weights;
}

v1::Weights PublishedWeights(const Publication& publication) {
  v1::SubscribeResponse response;
  v1::Weights weights;
  // Both are bytes that this process wrote, so they can be read.
  response.ParseFromString(publication.message);
  weights.ParseFromString(response.weights().weights());
  return weights;
}

std::string WelcomeMessage(const WelcomeTerms& terms) {
  v1::SubscribeResponse response;
  v1::Welcome* welcome = response.mutable_welcome();
  welcome->set_epoch(terms.epoch);
  *welcome->mutable_report_interval() =
      config::FromDuration(terms.report_interval);
  *welcome->mutable_heartbeat_interval() =
      config::FromDuration(terms.heartbeat_interval);
  return response.SerializeAsString();
}

std::string HeartbeatMessage(const PublicationPtr& config,
                             const PublicationPtr& weights) {
  v1::SubscribeResponse response;
  v1::Heartbeat* heartbeat = response.mutable_heartbeat();
  if (config != nullptr) {
    *heartbeat->mutable_config() = ToMessage(config->version);
  }
  if (weights != nullptr) {
    *heartbeat->mutable_weights() = ToMessage(weights->version);
  }
  return response.SerializeAsString();
}

}  // namespace weir::controlplane
