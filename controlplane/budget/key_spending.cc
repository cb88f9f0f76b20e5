#include "controlplane/budget/key_spending.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/config/price.h"
#include "controlplane/budget/budget_period.h"
#include "controlplane/ledger/cost_table.h"
#include "controlplane/store/usage_store.h"

namespace weir::controlplane {
namespace {

std::int64_t DayOf(absl::Time time) {
  return absl::ToUnixSeconds(SpanOf(config::v1::BUDGET_PERIOD_DAY, time).begin);
}

}  // namespace

KeySpending::KeySpending(const Ledger& ledger,
                         const config::v1::Resources& resources)
    : ledger_(&ledger), list_(resources.prices()) {
  for (const config::v1::ClientKey& key : resources.client_keys()) {
    if (key.budgets_size() > 0) spent_[key.name()];
  }
}

void KeySpending::Add(const UsageRow& row) {
  const auto spent = spent_.find(row.series.client_key);
  if (spent == spent_.end()) return;
  const std::optional<config::Price> price = PricesOf(row.series).At(row.begin);
  if (!price.has_value()) return;
  spent->second[DayOf(row.begin)] +=
      config::CostOf(PaidWorkOf(row.sums), *price);
}

double KeySpending::Since(const std::string& client_key,
                          absl::Time begin) const {
  double usd = 0;
  const auto spent = spent_.find(client_key);
  if (spent == spent_.end()) return usd;
  for (const auto& [day, more] : spent->second) {
    if (absl::FromUnixSeconds(day) >= begin) usd += more;
  }
  return usd;
}

const config::PriceSchedule& KeySpending::PricesOf(const UsageSeries& series) {
  const auto found = prices_.find(series);
  if (found != prices_.end()) return found->second;
  return prices_
      .emplace(series,
               Overlay(ledger_->OwnPricesOf(series),
                       list_.For(series.provider, series.upstream_model)))
      .first->second;
}

}  // namespace weir::controlplane
