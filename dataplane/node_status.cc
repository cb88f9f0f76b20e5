#include "dataplane/node_status.h"

#include <algorithm>

#include "common/config/effective.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {
namespace {

bool CanServe(const Snapshot& snapshot, const ModelEntry& model) {
  const auto& shares = snapshot.weights->share;
  return config::EffectiveMode(model.mode) == config::v1::MODE_ENABLED &&
         std::any_of(shares.begin() + model.first_target,
                     shares.begin() + model.end_target,
                     [](const TargetShare& share) { return !share.forbidden; });
}

}  // namespace

NodeReadiness NodeReadinessOf(const Snapshot& snapshot, Lifecycle lifecycle) {
  if (lifecycle == Lifecycle::kDraining) return NodeReadiness::kDraining;
  if (snapshot.config == nullptr) return NodeReadiness::kNoSnapshot;
  const auto& models = snapshot.config->models;
  return std::any_of(
             models.begin(), models.end(),
             [&](const ModelEntry& model) { return CanServe(snapshot, model); })
             ? NodeReadiness::kReady
             : NodeReadiness::kNoSnapshot;
}

}  // namespace weir::dataplane
