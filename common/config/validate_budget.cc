#include <map>
#include <string>

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

void CheckBudget(const std::string& path, const v1::Budget& budget,
                 const Names& names, Judge& judge) {
  judge.CheckAboveZero(path + ".usd", budget.usd(), kMaxBudget);
  if (!v1::BudgetKind_IsValid(budget.kind())) {
    judge.Refuse(path + ".kind", "is none of the kinds", "write soft or hard");
  }
  if (budget.fallback().empty()) return;
  const std::string fallback = path + ".fallback";
  if (!names.models.contains(budget.fallback())) {
    judge.RefuseUnknown(fallback, "model", budget.fallback(), names.models);
  }
  if (budget.kind() != v1::BUDGET_KIND_HARD) {
    judge.Refuse(fallback, "has no effect: a soft budget refuses nothing",
                 "write kind: hard, or remove it");
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
