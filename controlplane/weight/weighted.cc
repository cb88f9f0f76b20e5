#include "controlplane/weight/weighted.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/rank.h"

namespace weir::controlplane {
namespace {

// The score of those that have none: the average of those that have one. With
// no score at all, any number does.
double NeutralScore(absl::Span<const Candidate> candidates) {
  double sum = 0;
  int count = 0;
  for (const Candidate& candidate : candidates) {
    if (!IsUsable(candidate.fitness) || !candidate.score.has_value()) continue;
    sum += *candidate.score;
    ++count;
  }
  return count == 0 ? 1 : sum / count;
}

// `merit` of each usable candidate as a share of all; false when there is none.
template <typename Merit>
bool Normalise(absl::Span<const Candidate> candidates, Merit merit,
               std::vector<double>& weights) {
  double sum = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& candidate = candidates[i];
    weights[i] = IsUsable(candidate.fitness) ? merit(candidate) : 0.0;
    sum += weights[i];
  }
  if (sum <= 0) return false;
  for (double& weight : weights) weight /= sum;
  return true;
}

std::vector<double> Weights(absl::Span<const Candidate> candidates) {
  const double neutral = NeutralScore(candidates);
  std::vector<double> weights(candidates.size(), 0.0);
  const auto by_score = [&](const Candidate& candidate) {
    return candidate.base_weight * candidate.score.value_or(neutral);
  };
  const auto by_base = [](const Candidate& candidate) {
    return candidate.base_weight;
  };
  const auto equally = [](const Candidate&) { return 1.0; };
  if (!Normalise(candidates, by_score, weights) &&
      !Normalise(candidates, by_base, weights)) {
    Normalise(candidates, equally, weights);
  }
  return weights;
}

}  // namespace

std::vector<Share> Weighted(absl::Span<const Candidate> candidates,
                            std::string_view /*region*/) {
  const std::vector<double> weights = Weights(candidates);
  const std::vector<std::uint32_t> ranks = RankByWeight(candidates, weights);
  std::vector<Share> shares(candidates.size());
  for (std::size_t i = 0; i < shares.size(); ++i) {
    shares[i] = Share{weights[i], ranks[i]};
  }
  return shares;
}

}  // namespace weir::controlplane
