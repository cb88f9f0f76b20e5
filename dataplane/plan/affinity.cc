#include "dataplane/plan/affinity.h"

#include <cmath>
#include <cstdint>

#include "common/stable_hash.h"

namespace weir::dataplane {

double AffinityScore(std::uint64_t key, std::uint64_t seed, double weight) {
  if (weight <= 0) return 0;
  // In (0, 1): never 0, whose logarithm is none, and never 1.
  const double uniform =
      (static_cast<double>(StableHash(key, seed) >> 11) + 0.5) * 0x1.0p-53;
  return -weight / std::log(uniform);
}

bool IsOverloaded(const AffinityLoad& load, double max_load) {
  if (load.in_flight < kFreeLoad) return false;
  const double fair =
      (static_cast<double>(load.total_in_flight) + 1) * load.share;
  return static_cast<double>(load.in_flight) + 1 > std::ceil(fair * max_load);
}

}  // namespace weir::dataplane
