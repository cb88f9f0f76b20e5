#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "common/config/effective.h"
#include "common/config/node_config.h"
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

void AddTarget(const TargetView& view, const RegionShare& share,
               v1::RegionWeights& region) {
  v1::TargetWeight* target = region.add_targets();
  target->set_provider(view.provider);
  target->set_upstream_model(view.upstream_model);
  target->set_weight(share.weight);
  target->set_rank(share.rank);
  target->set_state(ToMessage(view.state));
  target->set_reserve(view.reserve);
  if (view.score.has_value()) target->set_score(RoundTo(*view.score, 0.1));
  if (share.latency.has_value()) {
    target->set_latency_ms(
        std::round(absl::ToDoubleMilliseconds(*share.latency)));
  }
}

v1::RegionWeights Everywhere(const ModelView& model) {
  v1::RegionWeights weights;
  for (const TargetView& target : model.targets) {
    AddTarget(target, {target.weight, target.rank, target.latency}, weights);
  }
  RoundWeights(weights);
  return weights;
}

v1::RegionWeights InRegion(const ModelView& model, const RegionView& region) {
  v1::RegionWeights weights;
  weights.set_region(region.region);
  for (std::size_t i = 0; i < model.targets.size(); ++i) {
    AddTarget(model.targets[i], region.targets[i], weights);
  }
  RoundWeights(weights);
  return weights;
}

void AddRefusals(const ProviderView& view, v1::Weights& weights) {
  v1::ProviderCredentials refusals;
  for (std::size_t i = 0; i < view.credentials.size(); ++i) {
    if (view.credentials[i].state != CredentialState::kRefused) continue;
    refusals.add_refused(static_cast<std::uint32_t>(i));
  }
  if (refusals.refused().empty()) return;
  refusals.set_provider(view.provider);
  *weights.add_providers() = std::move(refusals);
}

bool RoutesAlike(const v1::RegionWeights& a, const v1::RegionWeights& b) {
  return std::ranges::equal(
      a.targets(), b.targets(),
      [](const v1::TargetWeight& x, const v1::TargetWeight& y) {
        return x.weight() == y.weight() && x.rank() == y.rank();
      });
}

}  // namespace

std::string ConfigContent(const config::v1::Resources& resources) {
  return config::NodeConfig(resources);
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
    const v1::RegionWeights everywhere = Everywhere(model);
    *entry->add_regions() = everywhere;
    for (const RegionView& region : model.regions) {
      v1::RegionWeights there = InRegion(model, region);
      if (RoutesAlike(everywhere, there)) continue;
      *entry->add_regions() = std::move(there);
    }
  }
  for (const ProviderView& provider : view.providers) {
    AddRefusals(provider, weights);
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
  welcome->set_takes_changes(true);
  return response.SerializeAsString();
}

std::string UsageAckMessage(std::uint64_t boot_id, std::uint64_t sequence) {
  v1::SubscribeResponse response;
  response.mutable_usage()->set_boot_id(boot_id);
  response.mutable_usage()->set_sequence(sequence);
  return response.SerializeAsString();
}

std::string QuotaMessage(const QuotaGrant& grant) {
  v1::SubscribeResponse response;
  v1::QuotaUpdate& update = *response.mutable_quota();
  *update.mutable_time_to_live() = config::FromDuration(grant.time_to_live);
  update.set_nodes(grant.nodes);
  for (const auto& [limit, share] : grant.leases) {
    v1::LimitLease& lease = *update.add_leases();
    lease.set_limit(limit);
    lease.set_share(share);
    const auto admission = grant.admissions.find(limit);
    if (admission == grant.admissions.end()) continue;
    v1::LimitAdmission& told = *lease.mutable_admission();
    told.set_answered(admission->second.answered);
    told.set_granted(admission->second.granted);
    *told.mutable_closed_for() =
        config::FromDuration(admission->second.closed_for);
  }
  for (const SpentKey& key : grant.spent) {
    v1::SpentBudget& spent = *update.add_spent();
    spent.set_client_key(key.client_key);
    spent.set_fallback(key.fallback);
    spent.mutable_fallback_by_model()->insert(key.fallback_by_model.begin(),
                                              key.fallback_by_model.end());
    if (key.until != absl::InfiniteFuture()) {
      spent.mutable_until()->set_seconds(absl::ToUnixSeconds(key.until));
    }
  }
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
