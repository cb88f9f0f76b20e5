#include <map>
#include <string>

#include "common/concat.h"
#include "common/config/validate_parts.h"

namespace weir::config {
namespace {

constexpr double kMaxRpm = 1e9;
constexpr double kMaxTpm = 1e12;
constexpr double kMaxConcurrent = 1e6;
constexpr double kMaxBudget = 1e9;

void CheckPeriod(const std::string& path, v1::BudgetPeriod period,
                 std::map<v1::BudgetPeriod, std::string>& seen, Judge& judge) {
  if (!v1::BudgetPeriod_IsValid(period) ||
      period == v1::BUDGET_PERIOD_UNSPECIFIED) {
    judge.Refuse(path, "is missing", "write day, month or total");
    return;
  }
  const auto [first, is_new] = seen.try_emplace(period, path);
  if (!is_new) {
    judge.Refuse(path, "is what " + first->second + " says too",
                 "write one budget for each period");
  }
}

void CheckModel(const std::string& path, const std::string& model,
                const Names& names, Judge& judge) {
  if (!names.models.contains(model)) {
    judge.RefuseUnknown(path, "model", model, names.models);
  }
}

// Which model serves instead of each.
void CheckFallbackByModel(const std::string& path, const v1::Budget& budget,
                          const Names& names, Judge& judge) {
  // Maps have no order, and messages should.
  const std::map<std::string, std::string> fallbacks(
      budget.fallback_by_model().begin(), budget.fallback_by_model().end());
  // A model's index to where it stands.
  std::map<int, std::string> seen;
  for (const auto& [asked, serves] : fallbacks) {
    const std::string place = Concat(path, ".", asked);
    CheckModel(place, asked, names, judge);
    CheckModel(place, serves, names, judge);
    const auto model = names.models.find(asked);
    if (model == names.models.end()) continue;
    const auto [first, is_new] = seen.try_emplace(model->second, place);
    if (!is_new) {
      judge.Refuse(place, "is the same model as " + first->second,
                   "keep one of the two");
    }
  }
}

void CheckBudget(const std::string& path, const v1::Budget& budget,
                 const Names& names, Judge& judge) {
  judge.CheckAboveZero(path + ".usd", budget.usd(), kMaxBudget);
  if (!v1::BudgetKind_IsValid(budget.kind())) {
    judge.Refuse(path + ".kind", "is none of the kinds", "write soft or hard");
  }
  const auto check_effect = [&](const std::string& place) {
    if (budget.kind() == v1::BUDGET_KIND_HARD) return;
    judge.Refuse(place, "has no effect: a soft budget refuses nothing",
                 "write kind: hard, or remove it");
  };
  if (!budget.fallback().empty()) {
    CheckModel(path + ".fallback", budget.fallback(), names, judge);
    check_effect(path + ".fallback");
  }
  if (!budget.fallback_by_model().empty()) {
    const std::string by_model = path + ".fallback_by_model";
    CheckFallbackByModel(by_model, budget, names, judge);
    check_effect(by_model);
  }
}

}  // namespace

void ValidateKeyLimits(const std::string& path, const v1::ClientKey& key,
                       const Names& names, Judge& judge) {
  const v1::KeyLimits& limits = key.limits();
  if (limits.has_rpm()) {
    judge.CheckNumber(path + ".limits.rpm", static_cast<double>(limits.rpm()),
                      1, kMaxRpm);
  }
  if (limits.has_tpm()) {
    judge.CheckNumber(path + ".limits.tpm", static_cast<double>(limits.tpm()),
                      1, kMaxTpm);
  }
  if (limits.has_concurrent()) {
    judge.CheckNumber(path + ".limits.concurrent",
                      static_cast<double>(limits.concurrent()), 1,
                      kMaxConcurrent);
  }
  std::map<v1::BudgetPeriod, std::string> seen;
  for (int i = 0; i < key.budgets_size(); ++i) {
    const std::string place = At(path + ".budgets", i);
    CheckPeriod(place + ".period", key.budgets(i).period(), seen, judge);
    CheckBudget(place, key.budgets(i), names, judge);
  }
}

}  // namespace weir::config
