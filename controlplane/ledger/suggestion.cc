#include "controlplane/ledger/suggestion.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "common/concat.h"
#include "common/ids.h"

namespace weir::controlplane {
namespace {

bool IsAdequate(const Offer& offer, const Spending& now) {
  return offer.usable && offer.price.has_value() &&
         offer.score.value_or(0) >= kAdequateScore &&
         (offer.provider != now.provider ||
          offer.upstream_model != now.upstream_model);
}

// Cents where there are some, enough digits where there are none.
std::string Dollars(double usd) {
  return absl::StrFormat(usd >= 1 ? "$%.2f" : "$%.4f", usd);
}

struct Finding {
  double saving_usd;
  std::string text;
};

std::string Sentence(const Spending& now, const Offer& best, double cost_usd) {
  const double saving = now.cost_usd - cost_usd;
  return Concat(
      now.model, " on ", MakeTargetId(now.provider, now.upstream_model).value,
      " cost ", Dollars(now.cost_usd), "; the same on ",
      MakeTargetId(best.provider, best.upstream_model).value,
      best.fallback.empty() ? ""
                            : Concat(" (its fallback ", best.fallback, ")"),
      ", now at a score of ", absl::StrFormat("%.0f", *best.score),
      ", would have cost ", Dollars(cost_usd), ", ", Dollars(saving), " (",
      absl::StrFormat("%.1f", 100 * saving / now.cost_usd), " %) less");
}

}  // namespace

std::vector<std::string> Suggestions(
    const std::vector<Spending>& spending,
    const std::map<std::string, std::vector<Offer>>& offers) {
  std::vector<Finding> findings;
  for (const Spending& now : spending) {
    const auto of_model = offers.find(now.model);
    if (of_model == offers.end()) continue;
    const Offer* best = nullptr;
    double best_cost = now.cost_usd;
    for (const Offer& offer : of_model->second) {
      if (!IsAdequate(offer, now)) continue;
      const double cost = CostOf(now.work, *offer.price);
      if (cost >= best_cost) continue;
      best = &offer;
      best_cost = cost;
    }
    const double saving = now.cost_usd - best_cost;
    if (best == nullptr || saving < kWorthwhileUsd ||
        saving < kWorthwhileShare * now.cost_usd) {
      continue;
    }
    findings.push_back({saving, Sentence(now, *best, best_cost)});
  }
  std::ranges::stable_sort(findings, std::ranges::greater(),
                           &Finding::saving_usd);
  if (findings.size() > kMaxSuggestions) {
    findings.erase(findings.begin() + kMaxSuggestions, findings.end());
  }
  std::vector<std::string> sentences;
  for (Finding& finding : findings) {
    sentences.push_back(std::move(finding.text));
  }
  return sentences;
}

}  // namespace weir::controlplane
