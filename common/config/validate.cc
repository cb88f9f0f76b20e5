#include "common/config/validate.h"

#include <string>

#include "common/config/judge.h"
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

Findings Validate(const v1::Resources& resources) {
  const Names names(resources);
  Judge judge;
  ValidateProviders(resources, judge);
  ValidateModels(resources, names, judge);
  ValidateFallbackLoops(resources, names, judge);
  ValidateClientKeys(resources, names, judge);
  ValidatePolicy(resources.policy(), judge);
  WarnOfUnusedProviders(resources, judge);
  return judge.Take();
}

}  // namespace weir::config
