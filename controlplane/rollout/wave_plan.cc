#include "controlplane/rollout/wave_plan.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "common/concat.h"
#include "controlplane/rollout/error_rise.h"

namespace weir::controlplane {
namespace {

using Answer = WaveNode::Answer;

// In percent of the fleet; the first is one node.
constexpr std::array<std::size_t, 3> kShares = {5, 25, 100};
// One node in so many may refuse, or be missing.
constexpr std::size_t kOneIn = 100;
// Names in a message.
constexpr std::size_t kNamed = 3;

bool WasGiven(const WaveNode& node) { return node.answer != Answer::kNotGiven; }

// It said goodbye: what it would have answered is nobody's business.
bool HasLeft(const WaveNode& node) { return !node.connected && node.draining; }

bool CarriesTraffic(const WaveNode& node) {
  return node.before.answers + node.before.attempts + node.since.answers +
             node.since.attempts >
         0;
}

// How many nodes have the version after the wave that follows on `have`.
std::size_t NextSize(std::size_t have, std::size_t connected) {
  if (have == 0) return std::min<std::size_t>(1, connected);
  for (const std::size_t share : kShares) {
    const std::size_t size = (connected * share + 99) / 100;
    if (size > have) return size;
  }
  return connected;
}

bool IsMissing(const WaveNode& node, const WaveRules& rules, absl::Time now) {
  if (node.restarted) return true;
  if (!node.connected) return now - node.gone_at >= rules.patience;
  return node.answer == Answer::kWaiting &&
         now - node.given_at >= rules.patience;
}

// What became of those that were given the version.
struct Tally {
  std::size_t given = 0;
  std::size_t took = 0;
  std::vector<const WaveNode*> refused = {};
  std::vector<const WaveNode*> missing = {};
  bool pending = false;
  std::size_t connected = 0;
  Evidence evidence = {};
};

void CountGiven(const WaveNode& node, const WaveRules& rules, absl::Time now,
                Tally& tally) {
  ++tally.given;
  if (HasLeft(node)) return;
  if (node.answer == Answer::kRefused) {
    if (!node.ill) tally.refused.push_back(&node);
    return;
  }
  if (IsMissing(node, rules, now)) {
    if (!node.ill) tally.missing.push_back(&node);
    return;
  }
  if (IsPending(node, rules, now)) {
    tally.pending = true;
    return;
  }
  ++tally.took;
  tally.evidence.before += node.before;
  tally.evidence.since += node.since;
}

Tally Count(const std::vector<WaveNode>& nodes, const WaveRules& rules,
            absl::Time now) {
  Tally tally;
  for (const WaveNode& node : nodes) {
    if (node.connected) ++tally.connected;
    if (WasGiven(node)) {
      CountGiven(node, rules, now, tally);
    } else if (node.connected) {
      tally.evidence.elsewhere += node.since;
    }
  }
  return tally;
}

std::string Names(const std::vector<const WaveNode*>& nodes) {
  std::string names;
  for (std::size_t i = 0; i < nodes.size() && i < kNamed; ++i) {
    Append(names, i == 0 ? "" : ", ", nodes[i]->id.value);
  }
  if (nodes.size() > kNamed) {
    Append(names, " and ", nodes.size() - kNamed, " more");
  }
  return names;
}

std::optional<std::string> WhyHalt(const Tally& tally, const WaveRules& rules) {
  if (tally.refused.size() > tally.given / kOneIn) {
    const WaveNode& first = *tally.refused.front();
    return Concat("node ", Names(tally.refused), " refuses it",
                  first.refusal.empty() ? "" : ": ", first.refusal);
  }
  if (tally.missing.size() > std::max<std::size_t>(1, tally.given / kOneIn)) {
    return Concat("nodes that were given it are silent, gone or began anew: ",
                  Names(tally.missing));
  }
  return WhyWorse(tally.evidence, rules.max_error_rise);
}

// Whether it was watched for long enough, by what it has reported itself.
bool IsSettled(const WaveNode& node, const WaveRules& rules, absl::Time now) {
  const absl::Time settled_at = node.took_at + rules.settle;
  if (!CarriesTraffic(node)) return true;
  if (now < settled_at) return false;
  return (node.reported_at.has_value() && *node.reported_at >= settled_at) ||
         now >= settled_at + rules.patience;
}

Advance NextWave(const std::vector<WaveNode>& nodes, const Tally& tally) {
  const std::size_t size = NextSize(tally.took, tally.connected);
  std::vector<const WaveNode*> order;
  for (const WaveNode& node : nodes) {
    if (!WasGiven(node) && node.connected) order.push_back(&node);
  }
  std::sort(order.begin(), order.end(),
            [](const WaveNode* a, const WaveNode* b) {
              const auto rank = [](const WaveNode& node) {
                return std::tuple(node.ill, node.draining,
                                  !CarriesTraffic(node), node.id);
              };
              return rank(*a) < rank(*b);
            });
  const std::size_t more = std::min(size - tally.took, order.size());
  Advance advance;
  for (std::size_t i = 0; i < more; ++i) advance.nodes.push_back(order[i]->id);
  advance.everybody = more == order.size();
  return advance;
}

}  // namespace

bool IsPending(const WaveNode& node, const WaveRules& rules, absl::Time now) {
  if (!WasGiven(node) || HasLeft(node) || IsMissing(node, rules, now) ||
      node.answer == Answer::kRefused) {
    return false;
  }
  return node.answer == Answer::kWaiting || !node.connected;
}

WaveStep NextStep(const std::vector<WaveNode>& nodes, bool everybody,
                  const WaveRules& rules, absl::Time now) {
  const Tally tally = Count(nodes, rules, now);
  if (std::optional<std::string> why = WhyHalt(tally, rules)) {
    return Halt{*std::move(why)};
  }
  if (tally.pending) return Wait{};
  for (const WaveNode& node : nodes) {
    const bool watched = node.answer == Answer::kTook && node.connected &&
                         !IsMissing(node, rules, now);
    if (watched && !IsSettled(node, rules, now)) return Wait{};
  }
  if (everybody || tally.connected == 0) return Complete{};
  return NextWave(nodes, tally);
}

}  // namespace weir::controlplane
