#include "common/config/validate.h"

#include <cstddef>
#include <string>

#include "common/concat.h"
#include "common/config/judge.h"
#include "common/config/size_limit.h"
#include "common/config/validate_parts.h"

namespace weir::config {

Names::Names(const v1::Resources& resources) {
  for (int i = 0; i < resources.providers_size(); ++i) {
    providers.try_emplace(resources.providers(i).name(), i);
  }
  for (int i = 0; i < resources.models_size(); ++i) {
    models.try_emplace(resources.models(i).name(), i);
    for (const std::string& alias : resources.models(i).aliases()) {
      models.try_emplace(alias, i);
    }
  }
}

namespace {

void ValidateSize(const v1::Resources& resources, Judge& judge) {
  const std::size_t bytes = resources.ByteSizeLong();
  if (bytes <= kMaxResourceBytes) return;
  judge.Refuse("resources",
               Concat("have ", bytes >> 20U, " MiB together, more than the ",
                      kMaxResourceBytes >> 20U, " MiB that reach a node"),
               "remove what nobody uses");
}

}  // namespace

Findings Validate(const v1::Resources& resources) {
  const Names names(resources);
  Judge judge;
  ValidateSize(resources, judge);
  ValidateProviders(resources, judge);
  ValidateModels(resources, names, judge);
  ValidateFallbackLoops(resources, names, judge);
  ValidatePrices(resources, names, judge);
  ValidateClientKeys(resources, names, judge);
  ValidatePolicy(resources.policy(), judge);
  ValidateGroups(resources, judge);
  ValidateWebhooks(resources, judge);
  WarnOfUnusedProviders(resources, judge);
  return judge.Take();
}

}  // namespace weir::config
