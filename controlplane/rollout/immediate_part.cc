#include "controlplane/rollout/immediate_part.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "common/config/effective.h"
#include "common/config/validate.h"

namespace weir::controlplane {
namespace {

namespace v1 = config::v1;

template <typename List>
auto ByName(const List& list) {
  std::map<std::string_view, const typename List::value_type*> index;
  for (const auto& element : list) index.emplace(element.name(), &element);
  return index;
}

// Targets are the same when they ask the same model of the same provider.
void TakeTargetModes(const v1::Model& wanted, v1::Model& model) {
  std::map<std::pair<std::string, std::string>, v1::Mode> modes;
  for (const v1::Target& target : wanted.targets()) {
    modes.emplace(
        std::pair(target.provider(), config::UpstreamModel(wanted, target)),
        target.mode());
  }
  for (v1::Target& target : *model.mutable_targets()) {
    const auto found = modes.find(
        std::pair(target.provider(), config::UpstreamModel(model, target)));
    if (found != modes.end()) target.set_mode(found->second);
  }
}

void TakeModes(const v1::Resources& wanted, v1::Resources& resources) {
  const auto providers = ByName(wanted.providers());
  for (v1::Provider& provider : *resources.mutable_providers()) {
    const auto found = providers.find(provider.name());
    if (found != providers.end()) provider.set_mode(found->second->mode());
  }
  const auto models = ByName(wanted.models());
  for (v1::Model& model : *resources.mutable_models()) {
    const auto found = models.find(model.name());
    if (found == models.end()) continue;
    model.set_mode(found->second->mode());
    TakeTargetModes(*found->second, model);
  }
}

// Of the keys that there are: which still are, and by what they are known.
void TakeSecrets(const v1::Resources& wanted, v1::Resources& resources) {
  const auto keys = ByName(wanted.client_keys());
  google::protobuf::RepeatedPtrField<v1::ClientKey> kept;
  for (const v1::ClientKey& key : resources.client_keys()) {
    const auto found = keys.find(key.name());
    if (found == keys.end()) continue;
    v1::ClientKey& added = *kept.Add();
    added = key;
    added.set_secret_sha256(found->second->secret_sha256());
    added.set_hint(found->second->hint());
    *added.mutable_retiring() = found->second->retiring();
    added.clear_expires_at();
    if (found->second->has_expires_at()) {
      *added.mutable_expires_at() = found->second->expires_at();
    }
  }
  *resources.mutable_client_keys() = std::move(kept);
}

}  // namespace

v1::Resources ImmediatePart(const v1::Resources& standing,
                            const v1::Resources& wanted) {
  v1::Resources resources = standing;
  TakeModes(wanted, resources);
  *resources.mutable_client_keys() = wanted.client_keys();
  if (config::Validate(resources).problems.empty()) return resources;
  *resources.mutable_client_keys() = standing.client_keys();
  TakeSecrets(wanted, resources);
  return resources;
}

}  // namespace weir::controlplane
