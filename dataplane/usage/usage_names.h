// The numbers of a configuration's names.
#ifndef WEIR_DATAPLANE_USAGE_USAGE_NAMES_H_
#define WEIR_DATAPLANE_USAGE_USAGE_NAMES_H_

#include "dataplane/snapshot.h"
#include "dataplane/usage/name_table.h"

namespace weir::dataplane {

// Looked up once for a configuration, so that a request needs an index only.
inline UsageNames UsageNamesOf(const RoutingConfig& config, NameTable& table) {
  UsageNames names;
  for (const ClientEntry& client : config.clients) {
    names.clients.push_back(table.NumberOf(client.name.value));
  }
  for (const ModelEntry& model : config.models) {
    names.models.push_back(table.NumberOf(model.name));
  }
  for (const ProviderEntry& provider : config.providers) {
    names.providers.push_back(table.NumberOf(provider.name));
  }
  for (const TargetEntry& target : config.targets) {
    names.targets.push_back(table.NumberOf(target.upstream_model));
  }
  return names;
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_USAGE_USAGE_NAMES_H_
