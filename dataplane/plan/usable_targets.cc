#include "dataplane/plan/usable_targets.h"

#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <cstdint>

namespace weir::dataplane {
namespace {

// What a sort compares: one number instead of all that it is made of. Its
// lowest byte is the position.
std::uint64_t SortKey(const Usable& item, std::size_t position) {
  const std::uint64_t without_weight = item.weight > 0 ? 0 : 1;
  return without_weight << 40 | std::uint64_t{item.rank} << 8 | position;
}

}  // namespace

std::size_t PickFirst(const UsableTargets& usable, double random) {
  std::size_t best = 0;
  double left = random * usable.total_weight;
  bool picked = false;
  for (std::size_t i = 0; i < usable.size; ++i) {
    const Usable& item = usable.items[i];
    if (item.probe && item.weight > 0) return i;
    if (picked) continue;
    if (usable.total_weight > 0) {
      left -= item.weight;
      // Rounding must not leave the last one with weight unpicked.
      if (item.weight > 0) best = i;
      picked = left < 0 && item.weight > 0;
    } else if (item.rank < usable.items[best].rank) {
      best = i;
    }
  }
  return best;
}

Positions OrderOf(const UsableTargets& usable, std::size_t first) {
  boost::container::static_vector<std::uint64_t, UsableTargets::kMax> keys;
  bool wanted = false;
  for (std::size_t i = 0; i < usable.size; ++i) {
    wanted |= usable.items[i].affinity > 0;
    if (i != first) keys.push_back(SortKey(usable.items[i], i));
  }
  if (wanted) {
    // What has no weight wants nothing.
    std::sort(keys.begin(), keys.end(), [&](auto a, auto b) {
      const double a_wants = usable.items[a & 0xff].affinity;
      const double b_wants = usable.items[b & 0xff].affinity;
      return a_wants != b_wants ? a_wants > b_wants : a < b;
    });
  } else {
    std::sort(keys.begin(), keys.end());
  }
  Positions positions;
  positions.push_back(static_cast<std::uint8_t>(first));
  for (const std::uint64_t key : keys) {
    positions.push_back(static_cast<std::uint8_t>(key & 0xff));
  }
  return positions;
}

}  // namespace weir::dataplane
