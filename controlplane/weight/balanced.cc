#include "controlplane/weight/balanced.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/share.h"
#include "controlplane/weight/strategy_terms.h"

namespace weir::controlplane {
namespace {

using Values = std::vector<std::optional<double>>;

// The smallest value in play divided by each; 1 for all where nothing is known.
Values SmallestByEach(const Values& values, const std::vector<bool>& in_play) {
  std::optional<double> smallest;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!in_play[i] || !values[i].has_value()) continue;
    smallest = std::min(smallest.value_or(*values[i]), *values[i]);
  }
  if (!smallest.has_value()) return Values(values.size(), 1.0);
  Values parts;
  for (const std::optional<double>& value : values) {
    parts.emplace_back();
    if (!value.has_value()) continue;
    parts.back() = *value <= *smallest ? 1 : *smallest / *value;
  }
  return parts;
}

Values Scores(absl::Span<const Candidate> candidates) {
  Values scores;
  for (const Candidate& candidate : candidates) {
    scores.emplace_back();
    if (candidate.score.has_value()) scores.back() = *candidate.score / 100;
  }
  return scores;
}

Values Latencies(absl::Span<const Candidate> candidates) {
  Values latencies;
  for (const Candidate& candidate : candidates) {
    latencies.emplace_back();
    if (!candidate.latency.has_value()) continue;
    latencies.back() = absl::ToDoubleSeconds(*candidate.latency);
  }
  return latencies;
}

Values Prices(absl::Span<const Candidate> candidates) {
  Values prices;
  for (const Candidate& candidate : candidates) {
    prices.push_back(candidate.price);
  }
  return prices;
}

}  // namespace

std::vector<Share> Balanced(absl::Span<const Candidate> candidates,
                            const StrategyTerms& terms) {
  const std::vector<bool> in_play = InPlay(candidates);
  const std::vector<double> health = WithNeutral(Scores(candidates), in_play);
  const std::vector<double> latency =
      WithNeutral(SmallestByEach(Latencies(candidates), in_play), in_play);
  const Values cost = SmallestByEach(Prices(candidates), in_play);
  std::vector<double> merits;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    merits.push_back(candidates[i].base_weight *
                     (terms.mix.health * health[i] +
                      terms.mix.latency * latency[i] +
                      terms.mix.cost * cost[i].value_or(0)));
  }
  return ShareByMerit(candidates, merits);
}

}  // namespace weir::controlplane
