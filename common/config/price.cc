#include "common/config/price.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/config/effective.h"

namespace weir::config {
namespace {

using Step = PriceSchedule::Step;

// A prompt is about three times as long as its answer; benchmarks that compare
// providers' prices blend them so.
constexpr double kInputParts = 3;

double OrElse(double value, double otherwise) {
  return value > 0 ? value : otherwise;
}

double Dollars(std::uint64_t tokens, double dollars_per_million) {
  return static_cast<double>(tokens) * dollars_per_million / 1e6;
}

}  // namespace

Price EffectivePrice(const v1::Price& price) {
  return {.input = price.input(),
          .cached_input = OrElse(price.cached_input(), price.input()),
          .output = price.output(),
          .cache_write = OrElse(price.cache_write(), price.input()),
          .cache_write_1h = OrElse(price.cache_write_1h(), price.input()),
          .request = price.request()};
}

double BlendedPrice(const Price& price) {
  return (kInputParts * price.input + price.output) / (kInputParts + 1);
}

double CostOf(const PaidWork& work, const Price& price) {
  return Dollars(work.input, price.input) +
         Dollars(work.cached_input, price.cached_input) +
         Dollars(work.cache_write, price.cache_write) +
         Dollars(work.cache_write_1h, price.cache_write_1h) +
         Dollars(work.output, price.output) +
         static_cast<double>(work.requests) * price.request;
}

double CacheSavingsOf(const PaidWork& work, const Price& price) {
  return Dollars(work.cached_input, price.input - price.cached_input) -
         Dollars(work.cache_write, price.cache_write - price.input) -
         Dollars(work.cache_write_1h, price.cache_write_1h - price.input);
}

std::optional<Price> PriceSchedule::At(absl::Time time) const {
  const auto later = std::ranges::upper_bound(steps_, time, {}, &Step::from);
  if (later == steps_.begin()) return std::nullopt;
  return std::prev(later)->price;
}

absl::Time PriceSchedule::StepAt(absl::Time time) const {
  const auto later = std::ranges::upper_bound(steps_, time, {}, &Step::from);
  if (later == steps_.begin()) return absl::InfinitePast();
  return std::prev(later)->from;
}

absl::Time PriceSchedule::NextStepAfter(absl::Time time) const {
  const auto later = std::ranges::upper_bound(steps_, time, {}, &Step::from);
  return later == steps_.end() ? absl::InfiniteFuture() : later->from;
}

PriceSchedule Overlay(const PriceSchedule& above, const PriceSchedule& below) {
  std::vector<absl::Time> times;
  for (const Step& step : above.steps()) times.push_back(step.from);
  for (const Step& step : below.steps()) times.push_back(step.from);
  std::ranges::sort(times);
  const auto doubles = std::ranges::unique(times);
  times.erase(doubles.begin(), doubles.end());
  std::vector<Step> steps;
  for (const absl::Time time : times) {
    const std::optional<Price> first = above.At(time);
    steps.push_back({time, first.has_value() ? first : below.At(time)});
  }
  return PriceSchedule(std::move(steps));
}

absl::Time EffectiveFrom(const v1::DatedPrice& entry) {
  if (!entry.has_effective_from()) return absl::InfinitePast();
  return ToTime(entry.effective_from());
}

PriceList::PriceList(const Entries& entries) {
  for (const v1::DatedPrice& entry : entries) {
    entries_[{entry.provider(), entry.model()}].push_back(
        {EffectiveFrom(entry), EffectivePrice(entry.price())});
  }
  for (auto& [name, steps] : entries_) {
    std::ranges::stable_sort(steps, {}, &Step::from);
  }
}

PriceSchedule PriceList::For(const std::string& provider,
                             const std::string& upstream_model) const {
  const auto find = [&](const std::string& of) {
    const auto found = entries_.find({of, upstream_model});
    return found == entries_.end() ? PriceSchedule()
                                   : PriceSchedule(found->second);
  };
  return Overlay(find(provider), find(""));
}

PriceSchedule PricesOf(const v1::Model& model, const v1::Target& target,
                       const PriceList& list) {
  if (target.has_price()) return PriceSchedule(EffectivePrice(target.price()));
  return list.For(target.provider(), UpstreamModel(model, target));
}

std::optional<Price> PriceAt(const v1::Resources& resources,
                             const v1::Model& model, const v1::Target& target,
                             absl::Time time) {
  return PricesOf(model, target, PriceList(resources.prices())).At(time);
}

}  // namespace weir::config
