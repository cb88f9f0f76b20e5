// Where the same work could be had cheaper.
#ifndef WEIR_CONTROLPLANE_LEDGER_SUGGESTION_H_
#define WEIR_CONTROLPLANE_LEDGER_SUGGESTION_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/config/price.h"
#include "controlplane/ledger/cost_table.h"

namespace weir::controlplane {

// A target that could serve a model's requests.
struct Offer {
  std::string provider;
  std::string upstream_model;
  // The fallback that it stands under; empty: the model itself.
  std::string fallback;
  // nullopt: not known, so nothing can be said.
  std::optional<config::Price> price;
  // 0 to 100; nullopt: nothing is known of its health.
  std::optional<double> score;
  // Nobody switched it off, and it works.
  bool usable = false;
};

// Adequate is a usable target of the same model or of one of its fallbacks with
// at least this score: it answers nearly always, and not slowly.
inline constexpr double kAdequateScore = 80;
// Less than this is not worth a change.
inline constexpr double kWorthwhileShare = 0.1;
inline constexpr double kWorthwhileUsd = 0.01;
inline constexpr std::size_t kMaxSuggestions = 5;

// For each model and target the cheapest adequate offer, where it would have
// spared enough; what spares most comes first. A sentence each, with its
// numbers. `offers` by model. Pure.
std::vector<std::string> Suggestions(
    const std::vector<Spending>& spending,
    const std::map<std::string, std::vector<Offer>>& offers);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_LEDGER_SUGGESTION_H_
