// The prices that targets had of their own, and since when.
#ifndef WEIR_CONTROLPLANE_LEDGER_OWN_PRICES_H_
#define WEIR_CONTROLPLANE_LEDGER_OWN_PRICES_H_

#include <compare>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/config/price.h"
#include "controlplane/store/usage_store.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// A resource says what a target costs and not since when, so it is noted here
// when that changes: what was used before stays at the price that held then.
// The price list needs no notes, it has dates of its own.
//
// Pure; not thread-safe.
class OwnPrices {
 public:
  OwnPrices() = default;
  // What was noted before, in the order of times.
  explicit OwnPrices(const std::vector<StoredPrice>& stored);

  // Takes in what the resources say from the minute of `now` on; what is to be
  // stored of it. What is seen of a target for the first time holds since ever.
  std::vector<StoredPrice> Follow(const config::v1::Resources& resources,
                                  absl::Time now);

  // Of what was asked for as `model` and answered there: that model's own
  // target, else the first target of any model with these names.
  config::PriceSchedule For(const std::string& model,
                            const std::string& provider,
                            const std::string& upstream_model) const;

 private:
  struct Key {
    // Empty: where none of the models says otherwise.
    std::string model;
    std::string provider;
    std::string upstream_model;

    friend auto operator<=>(const Key&, const Key&) = default;
  };

  void FollowOne(const Key& key, const config::v1::Target& target,
                 absl::Time now, std::vector<StoredPrice>& changes);

  // In the order of times.
  std::map<Key, std::vector<StoredPrice>> prices_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_LEDGER_OWN_PRICES_H_
