// Who gets a new config next, or why nobody more does.
#ifndef WEIR_CONTROLPLANE_ROLLOUT_WAVE_PLAN_H_
#define WEIR_CONTROLPLANE_ROLLOUT_WAVE_PLAN_H_

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/publish/traffic.h"

namespace weir::controlplane {

struct WaveRules {
  // A wave is watched for this long after its last node took the version, where
  // its nodes carry traffic; where they carry none there is nothing to watch.
  absl::Duration settle = absl::Seconds(3);
  // Halt when the share of failures among nodes that run the new version is
  // greater by more than this; 0 to 1.
  double max_error_rise = 0.01;
  // A node that says nothing for so long counts as missing.
  absl::Duration patience = absl::Seconds(15);
};

// One node, as far as it matters here. Times are on one clock.
struct WaveNode {
  enum class Answer {
    kNotGiven,  // Runs something else.
    kWaiting,   // Was given the version and has not answered.
    kTook,
    kRefused,
  };

  NodeId id;
  bool connected = true;
  bool draining = false;
  // Had trouble before it was given the version: its refusal says nothing.
  bool ill = false;
  // Its process began anew since it was given the version, and it did not say
  // goodbye before.
  bool restarted = false;
  Answer answer = Answer::kNotGiven;
  // Why it refused.
  std::string refusal = {};
  absl::Time given_at = {};
  absl::Time took_at = {};
  // Of one that is not connected.
  absl::Time gone_at = {};
  std::optional<absl::Time> reported_at = std::nullopt;
  // Before it was given the version: of a while, and not of all its life.
  Traffic before = {};
  // Since the wave began, and since it took the version, if that was later: so
  // nodes with and without it are seen in the same light.
  Traffic since = {};
};

// Nothing to do before somebody answers or time passes.
struct Wait {
  friend bool operator==(const Wait&, const Wait&) = default;
};
// The next wave: these get the version too.
struct Advance {
  std::vector<NodeId> nodes;
  // All have it then, and so does whoever connects from now on.
  bool everybody = false;
  friend bool operator==(const Advance&, const Advance&) = default;
};
// The version is bad: whoever has it must go back.
struct Halt {
  std::string reason;
  friend bool operator==(const Halt&, const Halt&) = default;
};
// All have it and are well.
struct Complete {
  friend bool operator==(const Complete&, const Complete&) = default;
};
using WaveStep = std::variant<Wait, Advance, Halt, Complete>;

// Waves are one node, 5 %, 25 %, all, of those that are connected; one that
// would add nobody is left out. The first is a node that carries traffic where
// one does, then by name, so that it is the same one each time.
//
// Halts on a refusal (beyond a hundred nodes: of more than 1 %), on more than
// one missing node (beyond a hundred: more than 1 %), and when more fails on
// nodes with the version than before and than on the others meanwhile. A node
// is missing that was silent, or away, for rules.patience, or that began anew
// by itself; a wave goes on without it. One that drained and went is none.
//
// `everybody`: the last wave has begun. Pure.
WaveStep NextStep(const std::vector<WaveNode>& nodes, bool everybody,
                  const WaveRules& rules, absl::Time now);

// Whether the next wave must wait for the answer of a node that was given the
// version. Pure.
bool IsPending(const WaveNode& node, const WaveRules& rules, absl::Time now);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ROLLOUT_WAVE_PLAN_H_
