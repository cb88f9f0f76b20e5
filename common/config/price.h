// What a target's work costs, and from when on.
#ifndef WEIR_COMMON_CONFIG_PRICE_H_
#define WEIR_COMMON_CONFIG_PRICE_H_

#include <google/protobuf/repeated_field.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "weir/config/v1/model.pb.h"
#include "weir/config/v1/price.pb.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::config {

// US dollars per million tokens, and per request beside them; what the resource
// leaves out is filled in.
struct Price {
  double input = 0;
  double cached_input = 0;
  double output = 0;
  double cache_write = 0;
  double cache_write_1h = 0;
  double request = 0;

  friend bool operator==(const Price&, const Price&) = default;
};
Price EffectivePrice(const v1::Price& price);

// Three parts of input and one of output, as chats have it. What requests cost
// beside their tokens has no part in it: how long they are is not known.
double BlendedPrice(const Price& price);

// Counts of what is paid for; the parts are disjoint.
struct PaidWork {
  // What no cache had, text or not.
  std::uint64_t input = 0;
  std::uint64_t cached_input = 0;
  std::uint64_t cache_write = 0;
  std::uint64_t cache_write_1h = 0;
  // All that came out, text or not.
  std::uint64_t output = 0;
  std::uint64_t requests = 0;
};
// In US dollars. Pure.
double CostOf(const PaidWork& work, const Price& price);
// What more it would have cost without the provider's prompt cache; less than 0
// where writing into it cost more than reading saved. Pure.
double CacheSavingsOf(const PaidWork& work, const Price& price);

// The prices of one target. Immutable; the default is never to have one.
class PriceSchedule {
 public:
  struct Step {
    // absl::InfinitePast(): since ever.
    absl::Time from;
    // nullopt: none any more.
    std::optional<Price> price;

    friend bool operator==(const Step&, const Step&) = default;
  };

  PriceSchedule() = default;
  // The same at all times.
  explicit PriceSchedule(const Price& price)
      : PriceSchedule({Step{absl::InfinitePast(), price}}) {}
  // REQUIRES: in the order of their times.
  explicit PriceSchedule(std::vector<Step> steps) : steps_(std::move(steps)) {}

  // What holds at `time`; nullopt: not known.
  std::optional<Price> At(absl::Time time) const;
  // Since when that holds; absl::InfinitePast() where nothing does yet.
  absl::Time StepAt(absl::Time time) const;
  // Until when; absl::InfiniteFuture() where nothing follows.
  absl::Time NextStepAfter(absl::Time time) const;
  const std::vector<Step>& steps() const { return steps_; }

  friend bool operator==(const PriceSchedule&, const PriceSchedule&) = default;

 private:
  std::vector<Step> steps_;
};

// `above` where it has a price, `below` elsewhere.
PriceSchedule Overlay(const PriceSchedule& above, const PriceSchedule& below);

// Resources.prices, ready to be asked.
class PriceList {
 public:
  using Entries = google::protobuf::RepeatedPtrField<v1::DatedPrice>;
  explicit PriceList(const Entries& entries);

  // The provider's entries from the first of them on, those without a provider
  // before.
  PriceSchedule For(const std::string& provider,
                    const std::string& upstream_model) const;

 private:
  // By provider (empty: none) and model, in the order of their times.
  std::map<std::pair<std::string, std::string>,
           std::vector<PriceSchedule::Step>>
      entries_;
};

// The target's own price, which holds at all times, else the list's.
PriceSchedule PricesOf(const v1::Model& model, const v1::Target& target,
                       const PriceList& list);
// The same at one time, where it is asked once.
std::optional<Price> PriceAt(const v1::Resources& resources,
                             const v1::Model& model, const v1::Target& target,
                             absl::Time time);

// absl::InfinitePast() where it is not set.
absl::Time EffectiveFrom(const v1::DatedPrice& entry);

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_PRICE_H_
