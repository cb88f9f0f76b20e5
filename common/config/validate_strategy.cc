#include <algorithm>
#include <string>

#include "common/config/effective.h"
#include "common/config/price.h"
#include "common/config/validate_parts.h"

namespace weir::config {
namespace {

constexpr double kMaxPart = 100;
// Shares that are written as decimals need not add up exactly.
constexpr double kSlack = 1e-9;

void CheckStrategyName(const std::string& path, v1::Strategy strategy,
                       Judge& judge) {
  if (v1::Strategy_IsValid(strategy)) return;
  judge.Refuse(path, "is not known: " + std::to_string(strategy),
               "write weighted, least_latency, lowest_cost, priority, "
               "proximity or balanced");
}

void CheckMix(const std::string& path, const v1::Model& model, Judge& judge) {
  if (!model.has_mix()) return;
  const Mix mix = EffectiveMix(model);
  judge.CheckNumber(path + ".health", mix.health, 0, kMaxPart);
  judge.CheckNumber(path + ".latency", mix.latency, 0, kMaxPart);
  judge.CheckNumber(path + ".cost", mix.cost, 0, kMaxPart);
  if (mix.health == 0 && mix.latency == 0 && mix.cost == 0) {
    judge.Refuse(path, "has nothing to go by: every part is 0",
                 "give one of health, latency and cost a part above 0");
  }
  if (model.strategy() != v1::STRATEGY_BALANCED) {
    judge.Warn(path, "has no effect: only strategy balanced mixes",
               "write strategy: balanced, or remove it");
  }
}

// What a strategy goes by must be there for some target.
void WarnOfBlindStrategy(const std::string& path, const v1::Model& model,
                         const Names& names, const v1::Resources& resources,
                         Judge& judge) {
  const auto has_price = [&](const v1::Target& target) {
    return !PricesOf(model, target, PriceList(resources.prices()))
                .steps()
                .empty();
  };
  const auto has_region = [&](const v1::Target& target) {
    const auto found = names.providers.find(target.provider());
    return found != names.providers.end() &&
           !resources.providers(found->second).region().empty();
  };
  if (model.strategy() == v1::STRATEGY_LOWEST_COST &&
      std::ranges::none_of(model.targets(), has_price)) {
    judge.Warn(path, "is lowest_cost, and no target has a price",
               "write price: {input: USD, output: USD} per million tokens");
  }
  if (model.strategy() == v1::STRATEGY_PROXIMITY &&
      std::ranges::none_of(model.targets(), has_region)) {
    judge.Warn(path, "is proximity, and no target's provider has a region",
               "write region: NAME, as in the nodes' --region");
  }
}

void CheckFixedShares(const std::string& path, const v1::Model& model,
                      Judge& judge) {
  double sum = 0;
  int fixed = 0;
  for (int i = 0; i < model.targets_size(); ++i) {
    const v1::Target& target = model.targets(i);
    if (!target.has_fixed_share()) continue;
    judge.CheckNumber(At(path, i) + ".fixed_share", target.fixed_share(), 0, 1);
    sum += target.fixed_share();
    ++fixed;
  }
  if (sum > 1 + kSlack) {
    judge.Refuse(path, "have fixed shares of more than 1 together",
                 "write fixed_share values that sum to 1 at most");
  }
  const bool all = fixed > 0 && fixed == model.targets_size();
  if (all && sum > 0 && sum < 1 - kSlack) {
    judge.Warn(path,
               "have fixed shares of less than 1 together, and no target "
               "is left for the rest, which they divide",
               "write fixed_share values that sum to 1, or leave one without");
  }
  if (all && sum == 0) {
    judge.Refuse(path, "all have a fixed share of 0, so none gets a request",
                 "give one of them a share, or remove its fixed_share");
  }
}

}  // namespace

void ValidateStrategy(const std::string& path, const v1::Model& model,
                      const Names& names, const v1::Resources& resources,
                      Judge& judge) {
  CheckStrategyName(path + ".strategy", model.strategy(), judge);
  CheckMix(path + ".mix", model, judge);
  CheckFixedShares(path + ".targets", model, judge);
  WarnOfBlindStrategy(path + ".strategy", model, names, resources, judge);
}

}  // namespace weir::config
