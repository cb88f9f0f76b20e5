// Which of a model's targets a request tries first, and which after it.
#ifndef WEIR_DATAPLANE_PLAN_USABLE_TARGETS_H_
#define WEIR_DATAPLANE_PLAN_USABLE_TARGETS_H_

#include <array>
#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <cstdint>

#include "dataplane/snapshot.h"

namespace weir::dataplane {

// A target that may be asked now. Without defaults: there is room for many.
struct Usable {
  TargetIndex target;
  double weight;  // The effective one.
  double local_factor;
  std::uint32_t rank;
  bool probe;  // Half-open.
  // How much it wants the conversation; 0 where there is none.
  double affinity;
};

// In the order of the file.
struct UsableTargets {
  // Enough for any sensible model; targets beyond are left out of a request,
  // beginning with the last in the file.
  static constexpr std::size_t kMax = 64;

  std::array<Usable, kMax> items;
  std::size_t size = 0;
  double total_weight = 0;
};

// A position in `usable.items`: by weight, for `random` in [0, 1); where none
// has weight, the lowest rank; before all others one with weight that has to be
// probed.
// REQUIRES: not empty.
std::size_t PickFirst(const UsableTargets& usable, double random);

// All positions: `first`, then those with weight before those without, by what
// they want of the conversation, by rank, by their place in the file.
using Positions =
    boost::container::static_vector<std::uint8_t, UsableTargets::kMax>;
Positions OrderOf(const UsableTargets& usable, std::size_t first);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_USABLE_TARGETS_H_
