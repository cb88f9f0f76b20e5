// How far a change of the configuration has got.
#ifndef WEIR_CONTROLPLANE_ROLLOUT_ROLLOUT_STATUS_H_
#define WEIR_CONTROLPLANE_ROLLOUT_ROLLOUT_STATUS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "controlplane/access/actor.h"
#include "controlplane/publish/publication.h"

namespace weir::controlplane {

// A revision of the registry, as nodes are told of it.
struct RolloutVersion {
  std::uint64_t revision = 0;
  // nullopt: no node was told yet.
  std::optional<Version> version = std::nullopt;
};

struct RolloutStatus {
  enum class Phase {
    kSteady,   // All nodes should run the same.
    kRolling,  // Some are trying another.
    kHalted,   // It was bad, and is not tried again.
  };

  Phase phase = Phase::kSteady;
  // The last good one; what immediate changes made of it is in its version.
  RolloutVersion standing = {};
  // The one that is being rolled out, or was halted.
  std::optional<RolloutVersion> candidate = std::nullopt;
  // The registry's revision whose immediate part nodes are told of.
  std::uint64_t seen_revision = 0;
  // Of the candidate's. Waves count from 1; 0: none has begun.
  int wave = 0;
  std::size_t given = 0;
  std::size_t took = 0;
  bool everybody = false;
  // An operator pushes it on, whatever nodes say.
  bool forced = false;
  // Wall clock: when it began, or was halted.
  absl::Time since = {};
  // Why it was halted.
  std::string reason = {};
};

// Since the start.
struct RolloutCounts {
  std::uint64_t completed = 0;
  std::uint64_t halted = 0;
  // Another change came, or the change was taken back.
  std::uint64_t withdrawn = 0;
};

// Something that happened to a roll-out.
struct RolloutNews {
  enum class Kind { kStarted, kWave, kHalted, kCompleted, kWithdrawn };
  Kind kind;
  std::string text;
  Actor by = {};
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ROLLOUT_ROLLOUT_STATUS_H_
