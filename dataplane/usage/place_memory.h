// What a request's place in its configuration led to before.
#ifndef WEIR_DATAPLANE_USAGE_PLACE_MEMORY_H_
#define WEIR_DATAPLANE_USAGE_PLACE_MEMORY_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "dataplane/snapshot.h"
#include "dataplane/understand/endpoint.h"

namespace weir::dataplane {

// All that names follow from, as numbers.
struct Place {
  ModelIndex model = 0;
  TargetIndex target = 0;
  Endpoint endpoint = Endpoint::kUnknown;

  friend bool operator==(const Place&, const Place&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Place& place) {
    return H::combine(std::move(h), place.model, place.target, place.endpoint);
  }
};

// Pointers that were found by names once, so that the next request compares
// numbers and no names. Of the last configuration that was asked for; Value
// stays where it is.
//
// Not thread-safe.
template <typename Value>
class PlaceMemory {
 public:
  // Null where nothing was remembered yet: the caller sets it.
  Value*& At(const Version& config, const Place& place) {
    if (config.epoch != epoch_ || config.sequence != sequence_) {
      last_.clear();
      places_.clear();
      epoch_ = config.epoch;
      sequence_ = config.sequence;
    }
    if (place.target >= last_.size()) last_.resize(place.target + 1);
    Last& last = last_[place.target];
    if (last.value == nullptr || last.model != place.model ||
        last.endpoint != place.endpoint) {
      last = {&places_[place], place.model, place.endpoint};
    }
    return *last.value;
  }

 private:
  // A target's last place, of `places_`.
  struct Last {
    Value** value = nullptr;
    ModelIndex model = 0;
    Endpoint endpoint = Endpoint::kUnknown;
  };

  std::uint64_t epoch_ = 0;
  std::uint64_t sequence_ = 0;
  // By TargetIndex, as far as was asked for: most targets are asked for in one
  // place only, and a hash costs as much as a request's plan.
  std::vector<Last> last_;
  absl::node_hash_map<Place, Value*> places_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_USAGE_PLACE_MEMORY_H_
