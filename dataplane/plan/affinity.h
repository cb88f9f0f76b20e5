// Which target the requests of one conversation go to; pure.
#ifndef WEIR_DATAPLANE_PLAN_AFFINITY_H_
#define WEIR_DATAPLANE_PLAN_AFFINITY_H_

#include <cstdint>

namespace weir::dataplane {

// How much a target wants a key: the one with the highest score gets it.
// Weighted rendezvous hashing (Schindelhauer and Schomaker 2005; the form is
// Jason Resch's): of many keys each target gets the share that its weight is of
// all, and when a target goes or comes, only its own keys move.
//
// `key` and `seed` are StableHash()es, of what ties requests together and of
// the target's id; so every node comes to the same. 0 where the weight is.
// REQUIRES: weight is finite and at least 0.
double AffinityScore(std::uint64_t key, std::uint64_t seed, double weight);

// A target's requests in flight and what it is compared with.
struct AffinityLoad {
  std::uint32_t in_flight;
  // Of all usable targets of the model.
  std::uint32_t total_in_flight;
  // The target's share of the sum of weights, 0 to 1.
  double share;
};

// So few requests in flight at one target and worker say nothing of load: two
// that happen at once must not drive a conversation from its cache.
inline constexpr std::uint32_t kFreeLoad = 8;

// Whether one more request would bring the target beyond `max_load` times its
// fair share, so that the next one takes over (Mirrokni, Thorup and
// Zadimoghaddam 2016, "Consistent hashing with bounded loads").
bool IsOverloaded(const AffinityLoad& load, double max_load);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_AFFINITY_H_
