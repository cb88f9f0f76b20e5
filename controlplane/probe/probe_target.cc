#include "controlplane/probe/probe_target.h"

#include <map>
#include <memory>
#include <string>

#include "common/config/effective.h"
#include "common/config/price.h"
#include "common/ids.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {
namespace {

namespace v1 = config::v1;

bool IsDisabled(v1::Mode mode) {
  return config::EffectiveMode(mode) == v1::MODE_DISABLED;
}

ProbeTarget MakeTarget(std::shared_ptr<const v1::Provider> provider,
                       const v1::Model& model, const v1::Target& of,
                       const config::PriceList& prices) {
  const std::string upstream_model = config::UpstreamModel(model, of);
  ProbeTarget target;
  target.prices = config::PricesOf(model, of, prices);
  target.check = config::EffectiveHealthCheck(*provider);
  target.upstream_model =
      target.check.model.empty() ? upstream_model : target.check.model;
  target.provider = std::move(provider);
  return target;
}

}  // namespace

std::map<TargetId, ProbeTarget> TargetsToProbe(
    std::shared_ptr<const v1::Resources> resources) {
  std::map<std::string, std::shared_ptr<const v1::Provider>> providers;
  for (const v1::Provider& provider : resources->providers()) {
    if (IsDisabled(provider.mode())) continue;
    // Shares the whole: a target keeps the resources alive that it is of.
    providers.emplace(provider.name(), std::shared_ptr<const v1::Provider>(
                                           resources, &provider));
  }
  const config::PriceList prices(resources->prices());
  std::map<TargetId, ProbeTarget> targets;
  for (const v1::Model& model : resources->models()) {
    if (IsDisabled(model.mode())) continue;
    for (const v1::Target& target : model.targets()) {
      const auto provider = providers.find(target.provider());
      if (IsDisabled(target.mode()) || provider == providers.end()) continue;
      targets.try_emplace(config::TargetIdOf(model, target),
                          MakeTarget(provider->second, model, target, prices));
    }
  }
  return targets;
}

}  // namespace weir::controlplane
