// The judges of each kind of resource; Validate() calls them in this order.
#ifndef WEIR_COMMON_CONFIG_VALIDATE_PARTS_H_
#define WEIR_COMMON_CONFIG_VALIDATE_PARTS_H_

#include <string>

#include "common/config/judge.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::config {

// What references may name. The first of resources with the same name wins;
// the second is a problem of its own.
struct Names {
  explicit Names(const v1::Resources& resources);

  NameIndex providers;
  // Aliases included.
  NameIndex models;
};

void ValidateProviders(const v1::Resources& resources, Judge& judge);
void ValidateModels(const v1::Resources& resources, const Names& names,
                    Judge& judge);
// How one model shares among its targets: strategy, mix, weights, fixed shares.
// `path` is the model's.
void ValidateStrategy(const std::string& path, const v1::Model& model,
                      const Names& names, const v1::Resources& resources,
                      Judge& judge);
// That no chain of fallbacks comes back to a model that it passed.
void ValidateFallbackLoops(const v1::Resources& resources, const Names& names,
                           Judge& judge);
void ValidateClientKeys(const v1::Resources& resources, const Names& names,
                        Judge& judge);
void ValidatePolicy(const v1::Policy& policy, Judge& judge);
// Providers that no target and no client key can reach.
void WarnOfUnusedProviders(const v1::Resources& resources, Judge& judge);

// One provider's parts that are about reaching it: base_url, credentials, TLS
// and forward proxy. `path` is the provider's.
void ValidateConnection(const std::string& path, const v1::Provider& provider,
                        Judge& judge);

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_VALIDATE_PARTS_H_
