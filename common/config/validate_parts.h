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
// Whether any route is set.
bool HasRoutes(const v1::Model& model);
// One model's routes and complexities, and that each request has somewhere to
// go. `path` is the model's.
void ValidateRouting(const std::string& path, const v1::Model& model,
                     const Names& names, Judge& judge);
// How one model shares among its targets: strategy, mix, fixed shares. `path`
// is the model's.
void ValidateStrategy(const std::string& path, const v1::Model& model,
                      const Names& names, const v1::Resources& resources,
                      Judge& judge);
// That no chain of fallbacks and routes comes back to a model that it passed.
void ValidateFallbackLoops(const v1::Resources& resources, const Names& names,
                           Judge& judge);
// One model's affinity and hedging. `path` is the model's.
void ValidatePlacement(const std::string& path, const v1::Model& model,
                       Judge& judge);
// That each number is in its range. `path` is the price's.
void CheckPrice(const std::string& path, const v1::Price& price, Judge& judge);
// The dated price list.
void ValidatePrices(const v1::Resources& resources, const Names& names,
                    Judge& judge);
void ValidateClientKeys(const v1::Resources& resources, const Names& names,
                        Judge& judge);
// What one key may use and spend. `path` is the key's.
void ValidateKeyLimits(const std::string& path, const v1::ClientKey& key,
                       const Names& names, Judge& judge);
void ValidatePolicy(const v1::Policy& policy, Judge& judge);
// The policy's emergency groups, against those that providers have.
void ValidateGroups(const v1::Resources& resources, Judge& judge);
void ValidateWebhooks(const v1::Resources& resources, Judge& judge);
// Providers that no target and no client key can reach.
void WarnOfUnusedProviders(const v1::Resources& resources, Judge& judge);

// That a reference says where the secret is, and is not the secret itself.
void CheckSecretRef(const std::string& path, const v1::SecretRef& reference,
                    Judge& judge);

// One provider's parts that are about reaching it: base_url, credentials, TLS
// and forward proxy. `path` is the provider's.
void ValidateConnection(const std::string& path, const v1::Provider& provider,
                        Judge& judge);

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_VALIDATE_PARTS_H_
