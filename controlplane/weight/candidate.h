// One target of a model, as strategies see it.
#ifndef WEIR_CONTROLPLANE_WEIGHT_CANDIDATE_H_
#define WEIR_CONTROLPLANE_WEIGHT_CANDIDATE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"

namespace weir::controlplane {

enum class Fitness {
  kUsable,
  kOnTrial,   // Usable, with as little as a ramp begins with.
  kReserve,   // Usable, and its emergency group is not active: failover only.
  kUnfit,     // Its health forbids it; panic may overrule that.
  kExcluded,  // Switched off, or without a credential; nothing overrules that.
};

inline bool IsUsable(Fitness fitness) {
  return fitness == Fitness::kUsable || fitness == Fitness::kOnTrial;
}

struct Candidate {
  Fitness fitness = Fitness::kUsable;
  // Relative to the model's other targets, 0 or more. 0: only when nothing else
  // is left.
  double base_weight = 1;
  // Part of what its strategy would give it that it may have now, 0 to 1: less
  // than 1 while it ramps up, its provider limits our rate, or it is slower
  // than usual. Others get the rest.
  double allowance = 1;
  // 0 to 100; nullopt: nothing is known, which is not bad.
  std::optional<double> score;
  // As seen from the region that the shares are for.
  std::optional<absl::Duration> latency;
  // US dollars per million tokens, blended; nullopt: nobody said.
  std::optional<double> price;
  // Its provider's; higher is preferred.
  std::int32_t priority = 0;
  // Its provider's; empty: nowhere in particular.
  std::string region;
  // Of kReserve: groups that take over before its own; 1 or more.
  std::uint32_t groups_before = 0;
  // An operator's word, 0 to 1; nullopt: the strategy decides.
  std::optional<double> fixed_share;
};

// What a strategy gives a candidate.
struct Share {
  // Of first attempts. A model's sum to 1, or all are 0.
  double weight = 0;
  // Order of failover, 0 first; each number from 0 occurs once.
  std::uint32_t rank = 0;

  friend bool operator==(const Share&, const Share&) = default;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_CANDIDATE_H_
