#include "cli/cost/priced_model.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/config/effective.h"

namespace weir::cost {

using config::v1::Model;

bool IsCalled(const Model& model, const std::string& name) {
  return model.name() == name ||
         std::ranges::find(model.aliases(), name) != model.aliases().end();
}

std::vector<PricedModel> PricedModels(const config::v1::Resources& resources,
                                      absl::Time now) {
  const config::PriceList list(resources.prices());
  std::vector<PricedModel> priced;
  std::set<std::pair<std::string, std::string>> seen;
  const auto add = [&](const std::string& provider, const std::string& model,
                       const config::PriceSchedule& prices) {
    const std::optional<config::Price> price = prices.At(now);
    if (!price.has_value() || !seen.emplace(provider, model).second) return;
    priced.push_back({provider, model, *price});
  };
  for (const Model& model : resources.models()) {
    for (const config::v1::Target& target : model.targets()) {
      add(target.provider(), config::UpstreamModel(model, target),
          PricesOf(model, target, list));
    }
  }
  for (const config::v1::DatedPrice& entry : resources.prices()) {
    add(entry.provider(), entry.model(),
        list.For(entry.provider(), entry.model()));
  }
  return priced;
}

std::optional<config::Price> FindPrice(const config::v1::Resources& resources,
                                       const std::string& provider,
                                       const std::string& model,
                                       absl::Time now) {
  const config::PriceList list(resources.prices());
  for (const Model& known : resources.models()) {
    if (!IsCalled(known, model)) continue;
    for (const config::v1::Target& target : known.targets()) {
      if (!provider.empty() && target.provider() != provider) continue;
      const auto price = PricesOf(known, target, list).At(now);
      if (price.has_value()) return price;
    }
  }
  const auto price = list.For(provider, model).At(now);
  if (price.has_value() || !provider.empty()) return price;
  for (const PricedModel& priced : PricedModels(resources, now)) {
    if (priced.model == model) return priced.price;
  }
  return std::nullopt;
}

}  // namespace weir::cost
