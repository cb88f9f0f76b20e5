#include "controlplane/weight/share.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <set>
#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/rank.h"

namespace weir::controlplane {
namespace {

// `merits` x allowance of the members, normalised; all 0 where that is 0.
std::vector<double> Normalised(absl::Span<const Candidate> candidates,
                               absl::Span<const double> merits,
                               const std::vector<bool>& members) {
  std::vector<double> weights(candidates.size(), 0.0);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (members[i]) weights[i] = merits[i] * candidates[i].allowance;
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (sum <= 0) return std::vector<double>(candidates.size(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

bool AllZero(absl::Span<const double> weights) {
  return std::ranges::all_of(weights,
                             [](double weight) { return weight == 0; });
}

// The first of merits, base weights and heads that gives the members anything.
std::vector<double> Divide(absl::Span<const Candidate> candidates,
                           absl::Span<const double> merits,
                           const std::vector<bool>& members) {
  std::vector<Candidate> unlimited(candidates.begin(), candidates.end());
  for (Candidate& candidate : unlimited) candidate.allowance = 1;
  std::vector<double> base_weights;
  for (const Candidate& candidate : candidates) {
    base_weights.push_back(candidate.base_weight);
  }
  const std::vector<double> heads(candidates.size(), 1.0);
  std::vector<double> weights;
  for (absl::Span<const double> by : {merits, absl::MakeConstSpan(base_weights),
                                      absl::MakeConstSpan(heads)}) {
    weights = Normalised(candidates, by, members);
    if (!AllZero(weights)) return weights;
    weights = Normalised(unlimited, by, members);
    if (!AllZero(weights)) return weights;
  }
  return weights;
}

std::vector<Share> Shares(absl::Span<const Candidate> candidates,
                          absl::Span<const int> levels,
                          absl::Span<const double> weights) {
  const std::vector<std::uint32_t> ranks = Ranks(candidates, levels, weights);
  std::vector<Share> shares;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    shares.push_back(Share{weights[i], ranks[i]});
  }
  return shares;
}

std::vector<bool> OfLevel(int level, absl::Span<const int> levels,
                          const std::vector<bool>& in_play) {
  std::vector<bool> members(levels.size());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    members[i] = in_play[i] && levels[i] == level;
  }
  return members;
}

std::set<int> LevelsInPlay(absl::Span<const int> levels,
                           const std::vector<bool>& in_play) {
  std::set<int> occupied;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (in_play[i]) occupied.insert(levels[i]);
  }
  return occupied;
}

double LargestAllowance(absl::Span<const Candidate> candidates,
                        const std::vector<bool>& members) {
  double largest = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (members[i]) largest = std::max(largest, candidates[i].allowance);
  }
  return largest;
}

}  // namespace

std::vector<bool> InPlay(absl::Span<const Candidate> candidates) {
  std::vector<bool> usable;
  std::vector<bool> wanted;
  for (const Candidate& candidate : candidates) {
    usable.push_back(IsUsable(candidate.fitness));
    wanted.push_back(usable.back() && candidate.base_weight > 0);
  }
  return std::ranges::find(wanted, true) == wanted.end() ? usable : wanted;
}

std::vector<double> WithNeutral(absl::Span<const std::optional<double>> values,
                                const std::vector<bool>& in_play) {
  double sum = 0;
  int count = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!in_play[i] || !values[i].has_value()) continue;
    sum += *values[i];
    ++count;
  }
  const double neutral = count == 0 ? 1 : sum / count;
  std::vector<double> result;
  for (const std::optional<double>& value : values) {
    result.push_back(value.value_or(neutral));
  }
  return result;
}

std::vector<double> ScoreMerits(absl::Span<const Candidate> candidates) {
  std::vector<std::optional<double>> scores;
  for (const Candidate& candidate : candidates) {
    scores.push_back(candidate.score);
  }
  std::vector<double> merits = WithNeutral(scores, InPlay(candidates));
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    merits[i] *= candidates[i].base_weight;
  }
  return merits;
}

std::vector<Share> ShareByMerit(absl::Span<const Candidate> candidates,
                                absl::Span<const double> merits) {
  const std::vector<double> weights =
      Divide(candidates, merits, InPlay(candidates));
  return Shares(candidates, std::vector<int>(candidates.size(), 0), weights);
}

std::vector<Share> ShareByLevel(absl::Span<const Candidate> candidates,
                                absl::Span<const int> levels) {
  const std::vector<bool> in_play = InPlay(candidates);
  const std::vector<double> merits = ScoreMerits(candidates);
  std::vector<double> weights(candidates.size(), 0.0);
  const std::set<int> occupied = LevelsInPlay(levels, in_play);
  double left = 1;
  for (const int level : occupied) {
    const std::vector<bool> members = OfLevel(level, levels, in_play);
    const double part = left * LargestAllowance(candidates, members);
    if (part <= 0) continue;
    const std::vector<double> inside = Divide(candidates, merits, members);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] += part * inside[i];
    }
    left -= part;
  }
  if (left < 1) {
    for (double& weight : weights) weight /= 1 - left;
  } else if (!occupied.empty()) {
    // Nobody may have anything.
    weights =
        Divide(candidates, merits, OfLevel(*occupied.begin(), levels, in_play));
  }
  return Shares(candidates, levels, weights);
}

}  // namespace weir::controlplane
