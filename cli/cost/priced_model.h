// The models whose price is known.
#ifndef WEIR_CLI_COST_PRICED_MODEL_H_
#define WEIR_CLI_COST_PRICED_MODEL_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/config/price.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::cost {

struct PricedModel {
  // Empty: whichever has no price of its own.
  std::string provider;
  // The provider's own name.
  std::string model;
  config::Price price;
};

// By its name or one of its aliases. Pure.
bool IsCalled(const config::v1::Model& model, const std::string& name);

// Everything in the price list and every target with a price, once each, with
// what holds at `now`; in the order of the resources, models first. Pure.
std::vector<PricedModel> PricedModels(const config::v1::Resources& resources,
                                      absl::Time now);

// The price of a model by its name, alias or upstream name; of its first target
// that has one, at `provider` where that is not empty. Pure.
std::optional<config::Price> FindPrice(const config::v1::Resources& resources,
                                       const std::string& provider,
                                       const std::string& model,
                                       absl::Time now);

}  // namespace weir::cost

#endif  // WEIR_CLI_COST_PRICED_MODEL_H_
