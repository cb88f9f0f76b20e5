#include "controlplane/ledger/own_prices.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/config/effective.h"

namespace weir::controlplane {
namespace {

using config::v1::Price;

bool Same(const std::optional<Price>& a, const std::optional<Price>& b) {
  if (!a.has_value() || !b.has_value()) return a.has_value() == b.has_value();
  return google::protobuf::util::MessageDifferencer::Equals(*a, *b);
}

}  // namespace

OwnPrices::OwnPrices(const std::vector<StoredPrice>& stored) {
  for (const StoredPrice& price : stored) {
    prices_[{price.model, price.provider, price.upstream_model}].push_back(
        price);
  }
}

std::vector<StoredPrice> OwnPrices::Follow(
    const config::v1::Resources& resources, absl::Time now) {
  std::vector<StoredPrice> changes;
  std::set<std::string> seen;
  for (const config::v1::Model& model : resources.models()) {
    for (const config::v1::Target& target : model.targets()) {
      const std::string upstream = config::UpstreamModel(model, target);
      FollowOne({model.name(), target.provider(), upstream}, target, now,
                changes);
      if (seen.insert(config::TargetIdOf(model, target).value).second) {
        FollowOne({"", target.provider(), upstream}, target, now, changes);
      }
    }
  }
  return changes;
}

void OwnPrices::FollowOne(const Key& key, const config::v1::Target& target,
                          absl::Time now, std::vector<StoredPrice>& changes) {
  StoredPrice price{.model = key.model,
                    .provider = key.provider,
                    .upstream_model = key.upstream_model,
                    .from = std::nullopt,
                    .price = std::nullopt};
  if (target.has_price()) price.price = target.price();
  std::vector<StoredPrice>& past = prices_[key];
  if (!past.empty()) {
    if (Same(past.back().price, price.price)) return;
    const absl::Time minute =
        absl::FromUnixSeconds(absl::ToUnixSeconds(now) / 60 * 60);
    // A clock that went back must not put times out of order.
    price.from = std::max(minute, past.back().from.value_or(minute));
    if (past.back().from == price.from) past.pop_back();
  }
  past.push_back(price);
  changes.push_back(std::move(price));
}

config::PriceSchedule OwnPrices::For(const std::string& model,
                                     const std::string& provider,
                                     const std::string& upstream_model) const {
  auto found = prices_.find({model, provider, upstream_model});
  if (found == prices_.end()) {
    found = prices_.find({"", provider, upstream_model});
  }
  if (found == prices_.end()) return {};
  std::vector<config::PriceSchedule::Step> steps;
  for (const StoredPrice& stored : found->second) {
    std::optional<config::Price> price;
    if (stored.price.has_value()) price = config::EffectivePrice(*stored.price);
    steps.push_back({stored.from.value_or(absl::InfinitePast()), price});
  }
  return config::PriceSchedule(std::move(steps));
}

}  // namespace weir::controlplane
