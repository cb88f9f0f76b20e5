// Keys that order a model's targets, as levels.
#ifndef WEIR_CONTROLPLANE_WEIGHT_LEVEL_H_
#define WEIR_CONTROLPLANE_WEIGHT_LEVEL_H_

#include <iterator>
#include <set>
#include <vector>

namespace weir::controlplane {

// For each key how many different smaller ones there are: equal keys have one
// level, the smallest has level 0. Pure.
template <typename Key>
std::vector<int> LevelsOf(const std::vector<Key>& keys) {
  const std::set<Key> distinct(keys.begin(), keys.end());
  std::vector<int> levels;
  for (const Key& key : keys) {
    levels.push_back(
        static_cast<int>(std::distance(distinct.begin(), distinct.find(key))));
  }
  return levels;
}

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_LEVEL_H_
